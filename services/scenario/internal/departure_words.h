#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

// How a step says that it departs from a rule.
namespace apdr::scenario {

// "departure(CODE,"reason",WHO)"; without a code, of the rule that the command usually departs
// from.
[[nodiscard]] absl::StatusOr<ScriptDeparture> ParseDeparture(std::string_view word,
                                                             const std::string& command);

// "departure CODE "reason"", "departure=CODE" at `at`: the last word that it takes.
[[nodiscard]] std::size_t ReadDeparture(const std::vector<std::string>& words, std::size_t at,
                                        std::vector<ScriptDeparture>& departures);

// "with departure, reason 9 characters": of the rule that the command usually departs from.
void TakeDepartureInWords(CommandLine& command);

}  // namespace apdr::scenario
