#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apdr::exports {

// A cell that a spreadsheet would take for a formula (first character other than a space one of
// = + - @, a tab or a line break) begins with an apostrophe; numbers stay numbers.
[[nodiscard]] std::string SafeCell(std::string_view text);

// One record as RFC 4180 writes it, its CRLF included. Cells are made safe.
[[nodiscard]] std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace apdr::exports
