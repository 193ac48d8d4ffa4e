#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// What follows "=>" on a step. kInvalidArgument without the place, as all parts of the parser.
[[nodiscard]] absl::StatusOr<Expectation> ParseExpectation(std::string_view text, int line);

}  // namespace apdr::scenario
