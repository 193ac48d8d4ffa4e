#include "services/scenario/scenario_command.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/scenario/scenario_parser.h"
#include "services/scenario/scenario_runner.h"

namespace apdr::scenario {
namespace {

enum ExitCode { kAllHold = 0, kDiffers = 1, kMalformed = 2 };

absl::StatusOr<Report> PlayFile(const std::string& file, const sen::Policy& policy) {
  std::ifstream input(file, std::ios::binary);
  if (!input || std::filesystem::is_directory(file)) {
    return absl::NotFoundError(
        absl::StrCat(file, ": Expected to read a case script, but the file cannot be read."));
  }
  const std::string text((std::istreambuf_iterator<char>(input)), std::istreambuf_iterator<char>());
  APDR_ASSIGN_OR_RETURN(const Script script, ParseScenario(text, file));
  return PlayScenario(script, policy);
}

}  // namespace

int RunScenarioCommand(const std::vector<std::string>& files, const ScenarioOptions& options,
                       std::ostream& out, std::ostream& err) {
  if (files.empty()) {
    err << "Expected at least one case script, but none is named. Example:\n"
        << "  apdr scenario tests/scenario/sen_support/cs01_amira.txt\n";
    return kMalformed;
  }
  std::vector<Report> reports;
  int exit_code = kAllHold;
  for (const std::string& file : files) {
    auto report = PlayFile(file, options.policy);
    if (!report.ok()) {
      err << report.status().message() << "\n";
      exit_code = kMalformed;
      continue;
    }
    if (!report->ok() && exit_code == kAllHold) exit_code = kDiffers;
    reports.push_back(*std::move(report));
  }
  PrintReports(reports, options.style, out);
  return exit_code;
}

}  // namespace apdr::scenario
