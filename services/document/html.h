#pragma once

#include <string>
#include <vector>

#include "services/document/page.h"

namespace apdr::document {

// The page as one HTML file that needs nothing else. Every text is escaped; `unprinted` (numbers of
// people that may not be printed) are replaced wherever they stand in a text. The same page gives
// the same bytes.
[[nodiscard]] std::string ToHtml(const Page& page, const std::vector<std::string>& unprinted);

}  // namespace apdr::document
