#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

// Conditions on the case: what `then` lists, and what stands beside the events of an answer.
namespace apdr::scenario {

// "stage=ended provision=N", "events PlanAgreed=1", "due T08=2025-12-12", "provision N" ...
// kInvalidArgument, without the place, if the text is none of these.
[[nodiscard]] absl::StatusOr<std::vector<Assertion>> ParseAssertions(std::string_view text,
                                                                     int line);

// The same, of several with commas between them.
[[nodiscard]] absl::StatusOr<std::vector<Assertion>> ParseAssertionList(std::string_view text,
                                                                        int line);

// "AgreePlan by SEN due 2025-12-03"
[[nodiscard]] absl::StatusOr<Assertion> ParseNext(std::string_view text, int line);

// A fact of the case; "stage=assess(2)" is the stage and the cycle.
void AddFact(std::string name, std::string value, int line, std::vector<Assertion>& assertions);

// The name here of the fact of a case that scripts call so; empty: none.
[[nodiscard]] std::string FactName(std::string_view word);

// An event or command: begins with a capital and goes on with small letters.
[[nodiscard]] bool IsTypeName(std::string_view word);
[[nodiscard]] bool IsField(std::string_view word);
// REQUIRES: IsField(word)
[[nodiscard]] Argument FieldOf(std::string_view word);
// "T08"
[[nodiscard]] bool IsTimer(std::string_view word);
[[nodiscard]] bool IsRemark(std::string_view word);

}  // namespace apdr::scenario
