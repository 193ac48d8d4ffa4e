#include "services/importer/tally.h"

namespace apdr::importer {

std::uint64_t Tally::refused_lines() const {
  std::uint64_t count = 0;
  for (const auto& [code, lines_of_code] : refused) count += lines_of_code;
  return count;
}

}  // namespace apdr::importer
