#pragma once

#include "services/views/reading.h"
#include "services/views/view.h"

// How the settings of an authority stand, in counts.
namespace apdr::views {

[[nodiscard]] View OverviewView();

[[nodiscard]] query::Reply<sen::v1::ListOverviewResponse> ListOverview(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListOverviewRequest& request);

// Adds what another page says of the same setting, or what another setting does.
void Add(sen::v1::SettingOverview& overview, const sen::v1::SettingOverview& more);

}  // namespace apdr::views
