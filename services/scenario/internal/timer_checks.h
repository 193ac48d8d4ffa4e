#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "services/scenario/internal/world.h"
#include "services/scenario/scenario.h"
#include "services/scenario/scenario_report.h"

namespace apdr::scenario {

// Compares what timers did from `first_version` on with the script's SYS lines: one report line for
// each, and one for each timer event that should have been expected and was not.
[[nodiscard]] absl::StatusOr<std::vector<ReportLine>> CheckTimers(const Script& script,
                                                                  World& world,
                                                                  CaseVersion first_version);

// The last date that the step speaks of.
[[nodiscard]] Date LastDateOf(const Step& step);

}  // namespace apdr::scenario
