#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "engine/domains/sen_support/policy.h"
#include "services/scenario/scenario_report.h"

namespace apdr::scenario {

struct ScenarioOptions {
  ReportStyle style = ReportStyle::kDifferences;
  sen::Policy policy = sen::Code2015();  // For scripts that name none.
};

// `apdr scenario FILE...`: plays every file and prints what differs. 0: all hold; 1: a step
// differs; 2: a file cannot be read or is malformed (`err` names file and line).
[[nodiscard]] int RunScenarioCommand(const std::vector<std::string>& files,
                                     const ScenarioOptions& options, std::ostream& out,
                                     std::ostream& err);

}  // namespace apdr::scenario
