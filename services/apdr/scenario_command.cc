#include "services/scenario/scenario_command.h"

#include <CLI/App.hpp>
#include <iostream>
#include <memory>
#include <utility>

#include "services/apdr/policy_option.h"
#include "services/apdr/subcommands.h"

namespace apdr {

void AddScenario(CLI::App& app, Chosen& chosen) {
  CLI::App* scenario = app.add_subcommand(
      "scenario", "Play transcripts on a virtual calendar and check what they expect; no server");
  struct Options {
    std::vector<std::string> files;
    std::string policy = "code-2015";
    bool json = false;
    bool verbose = false;
  };
  const auto options = std::make_shared<Options>();
  scenario->add_option("FILE", options->files, "Transcripts; see tests/scenario/README.md")
      ->required();
  AddPolicyOption(*scenario, options->policy);
  scenario->add_flag("--json", options->json, "Print JSON: an array with one object per file");
  scenario->add_flag("--verbose", options->verbose, "Print every step, not only what differs");
  scenario->footer("Example:\n  apdr scenario tests/scenario/sen_support/cs01_amira.txt");
  scenario->callback([options, &chosen] {
    chosen = [options] {
      absl::StatusOr<sen::Policy> policy = ReadPolicy(options->policy);
      if (!policy.ok()) return ReportUsage(policy.status());
      scenario::ScenarioOptions run;
      run.policy = *std::move(policy);
      if (options->verbose) run.style = scenario::ReportStyle::kVerbose;
      if (options->json) run.style = scenario::ReportStyle::kJson;
      return scenario::RunScenarioCommand(options->files, run, std::cout, std::cerr);
    };
  });
}

}  // namespace apdr
