#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// The commands that bring a case to what the script gives: registered with a parent and a
// responsible teacher, already on SEN Support, with earlier cycles at plausible dates.
[[nodiscard]] absl::StatusOr<std::vector<Step>> SetupSteps(const Script& script);

}  // namespace apdr::scenario
