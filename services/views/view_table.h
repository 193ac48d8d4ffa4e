#pragma once

#include <string>
#include <vector>

#include "engine/core/workflow.h"
#include "services/views/view.h"

namespace apdr::views {

// Every view, for ever in this process. A new one is a file of its own and a line here.
[[nodiscard]] const std::vector<View>& ViewTable();

// What the rows of a read model mean that holds this workflow's cases and these views: another
// meaning is folded again (projection::LayoutOf).
[[nodiscard]] std::string RowMeaning(const core::Workflow& workflow);

}  // namespace apdr::views
