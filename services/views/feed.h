#pragma once

#include <cstddef>

#include "services/views/reading.h"
#include "services/views/view.h"

// What somebody should know: what timers report, and steps that others wait for. Without names and
// free text, so that it can leave the house. A notice stays with the setting that held the case
// then.
namespace apdr::views {

// Notices kept of one case; older ones are in its chronology.
inline constexpr std::size_t kNoticesOfCaseMax = 200;

[[nodiscard]] View FeedView();

[[nodiscard]] query::Reply<sen::v1::ListNoticesResponse> ListNotices(
    const Reading& reading, const host::Caller& caller, const sen::v1::ListNoticesRequest& request);

}  // namespace apdr::views
