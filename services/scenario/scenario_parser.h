#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// Reads a case script. kInvalidArgument "amira.txt:12: Expected ..., but ..." for the first line
// that cannot be read. Names of commands, fields and events are checked when the script is played.
[[nodiscard]] absl::StatusOr<Script> ParseScenario(std::string_view text, std::string file);

}  // namespace apdr::scenario
