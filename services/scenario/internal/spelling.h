#pragma once

#include <string>
#include <string_view>

namespace apdr::scenario {

// A line with its signs as the rest of the parser knows them, outside quotes: "reviewOn = +7d" as
// "reviewOn=+7d", "->" and other arrows before the answer of a step as "=>", no full stop at the
// end, plain quotes.
[[nodiscard]] std::string PlainSigns(std::string_view line);

}  // namespace apdr::scenario
