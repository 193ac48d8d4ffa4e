#pragma once

#include "services/views/reading.h"
#include "services/views/view.h"

// The figures that auditors ask for, exact. What happened counts
// at the setting that held the case then, what stands now at the one that holds it.
namespace apdr::views {

[[nodiscard]] View IndicatorsView();

[[nodiscard]] query::Reply<sen::v1::ListIndicatorsResponse> ListIndicators(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListIndicatorsRequest& request);

// Adds what another page says of the same setting, or what another setting does.
void Add(sen::v1::SettingIndicators& indicators, const sen::v1::SettingIndicators& more);

}  // namespace apdr::views
