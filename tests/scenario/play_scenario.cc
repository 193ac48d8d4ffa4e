#include <iostream>
#include <string>
#include <vector>

#include "services/scenario/scenario_command.h"

// Plays the case scripts named as arguments, as `apdr scenario` does; `--verbose` shows every step.
int main(int argc, char** argv) {
  apdr::scenario::ScenarioOptions options;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--verbose") {
      options.style = apdr::scenario::ReportStyle::kVerbose;
    } else if (argument == "--json") {
      options.style = apdr::scenario::ReportStyle::kJson;
    } else {
      files.push_back(argument);
    }
  }
  return apdr::scenario::RunScenarioCommand(files, options, std::cout, std::cerr);
}
