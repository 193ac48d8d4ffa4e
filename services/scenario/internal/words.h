#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/date.h"

// Cutting lines into words, where quotes and brackets hold words together.
namespace apdr::scenario {

[[nodiscard]] std::string Trim(std::string_view text);

// Lower case, without - _ and spaces: "review-on", "reviewOn" and "review_on" are one name.
[[nodiscard]] std::string Normalised(std::string_view name);

// Pieces between `separator`s outside quotes and brackets, trimmed, without empty ones.
[[nodiscard]] std::vector<std::string> SplitOutside(std::string_view text, char separator);

// Words between spaces outside quotes and brackets. A comma and a blank end a key=value, unless the
// next word is an item of the same look: "needs=MLD(1), SLCN(2)", "due T08=2026-02-09, 02-27".
[[nodiscard]] std::vector<std::string> SplitWords(std::string_view text);

// The first place of `wanted` outside quotes and brackets; npos if none.
[[nodiscard]] std::size_t FindOutside(std::string_view text, std::string_view wanted);

// kInvalidArgument unless quotes and brackets close.
[[nodiscard]] absl::Status CheckBalanced(std::string_view text);

// `"text"` without its quotes.
[[nodiscard]] std::string Unquoted(std::string_view text);

// "2026-01-23", or "01-23" in the year of `before` (or the next, so that dates go forward).
[[nodiscard]] std::optional<Date> ParseDateAfter(std::string_view text, std::optional<Date> before);

[[nodiscard]] std::optional<int> ParseCount(std::string_view text);

// "3" or "three", up to five; "no" is none.
[[nodiscard]] std::optional<int> ParseNumber(std::string_view word);

// The name of `names` that `wrong` was probably meant to be; empty if none is near.
[[nodiscard]] std::string Nearest(std::string_view wrong, const std::vector<std::string>& names);

// "unknown <what> '<wrong>'; did you mean '<name>'?"
[[nodiscard]] std::string UnknownName(std::string_view what, std::string_view wrong,
                                      const std::vector<std::string>& names);

}  // namespace apdr::scenario
