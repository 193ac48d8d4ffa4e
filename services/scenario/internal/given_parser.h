#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// What a line without a keyword says of the child.
enum class FactLine : std::uint8_t {
  kNone,
  kHolds,   // A date of birth, an identifier or a date of SEN Support stands in it.
  kBegins,  // It begins with a fact: "LA 801. On K; ...", "State: on K since 2025-09-01".
};
[[nodiscard]] FactLine FactsIn(std::string_view line);

// "dob=2017-11-03 year=3; on K since 2025-09-01": facts and silent steps into `script`. With
// `prose`, words that say nothing known are passed over, with a note.
[[nodiscard]] absl::Status ParseGiven(std::string_view text, int line, bool prose, Script& script);

// "TC-X: teaching 2025-09-01..2025-12-19, 2026-01-05..2026-03-27 except 2025-10-27..2025-10-31".
[[nodiscard]] absl::StatusOr<sen::TermCalendar> ParseCalendar(std::string_view text);

}  // namespace apdr::scenario
