#include "services/importer/csv.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace apdr::importer {
namespace {

absl::Status Mistake(std::size_t cell, std::string_view fact) {
  return absl::InvalidArgumentError(absl::StrCat("Expected a line of comma-separated values, but ",
                                                 "in cell ", cell, " ", std::string(fact), "."));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseCsvLine(std::string_view line) {
  enum class In { kStart, kPlain, kQuotes, kAfterQuotes };
  std::vector<std::string> cells(1);
  In in = In::kStart;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in == In::kQuotes) {
      if (c != '"') {
        cells.back().push_back(c);
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        cells.back().push_back(line[++i]);
      } else {
        in = In::kAfterQuotes;
      }
    } else if (c == ',') {
      cells.emplace_back();
      in = In::kStart;
    } else if (in == In::kAfterQuotes) {
      return Mistake(cells.size(), "there is text behind the closing quote");
    } else if (c == '"') {
      if (in == In::kPlain) {
        return Mistake(cells.size(),
                       "there is a quote in the middle: put the cell in quotes and "
                       "write the quote twice");
      }
      in = In::kQuotes;
    } else {
      cells.back().push_back(c);
      in = In::kPlain;
    }
  }
  if (in == In::kQuotes) return Mistake(cells.size(), "the closing quote is missing");
  return cells;
}

}  // namespace apdr::importer
