#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// What follows "=>" on a step. kInvalidArgument without the place, as all parts of the parser.
[[nodiscard]] absl::StatusOr<Expectation> ParseExpectation(std::string_view text, int line);

// "AgreePlan by SEN due 2025-12-03", what follows "next:".
[[nodiscard]] absl::StatusOr<Assertion> ParseNext(std::string_view text, int line);

// What follows "then": one part between semicolons.
[[nodiscard]] absl::StatusOr<std::vector<Assertion>> ParseAssertions(std::string_view text,
                                                                     int line);

}  // namespace apdr::scenario
