#include "services/exports/csv.h"

namespace apdr::exports {
namespace {

// "-12.5": nothing that a formula could hide in.
bool IsNumber(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string Quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

}  // namespace

std::string SafeCell(std::string_view text) {
  constexpr std::string_view kOpeners = "=+-@\t\r\n";
  const std::size_t first = text.find_first_not_of(' ');
  const bool opens = first != std::string_view::npos &&
                     kOpeners.find(text[first]) != std::string_view::npos && !IsNumber(text);
  return opens ? "'" + std::string(text) : std::string(text);
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line.push_back(',');
    line += Quoted(SafeCell(cells[i]));
  }
  return line + "\r\n";
}

}  // namespace apdr::exports
