#pragma once

#include "services/views/reading.h"
#include "services/views/view.h"

// Who a teacher, keyworker or tutor is responsible for: what matters to each child, and what is
// done for them.
namespace apdr::views {

[[nodiscard]] View ClassListView();

[[nodiscard]] query::Reply<sen::v1::ListClassResponse> ListClass(
    const Reading& reading, const host::Caller& caller, const sen::v1::ListClassRequest& request);

}  // namespace apdr::views
