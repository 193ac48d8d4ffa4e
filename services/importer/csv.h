#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace apdr::importer {

// The cells of one line as RFC 4180 writes them: between commas, in quotes where needed. What it
// allows and no census item needs, a line break within quotes, is not taken, so that a lost quote
// spoils its own line alone.
// kInvalidArgument says what is wrong and in which cell, and nothing of what it holds.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> ParseCsvLine(std::string_view line);

}  // namespace apdr::importer
