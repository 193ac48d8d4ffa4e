#pragma once

#include "absl/status/statusor.h"
#include "engine/domains/sen_support/policy.h"
#include "services/scenario/scenario.h"
#include "services/scenario/scenario_report.h"

namespace apdr::scenario {

// Plays a script from nothing, under the policy that it names or else the one given: command
// handler, timer worker and event store as in production, on the memory twins and in the caller's
// thread. The same script gives the same report. A step that differs does not end it.
// kInvalidArgument "amira.txt:12: ...": a command, field, value or event that the product does not
// have. Any other error: the product failed.
[[nodiscard]] absl::StatusOr<Report> PlayScenario(const Script& script,
                                                  const sen::Policy& policy = sen::Code2015());

}  // namespace apdr::scenario
