#pragma once

#include "services/views/reading.h"
#include "services/views/view.h"

// The provision map: what is planned for whom, what of it took place, what it costs and what became
// of the outcomes that it serves.
namespace apdr::views {

// The notional amount that a setting meets from its own budget (Code of Practice 6.99).
inline constexpr std::uint64_t kThresholdPence = 600000;

[[nodiscard]] View ProvisionMapView();

[[nodiscard]] query::Reply<sen::v1::ListProvisionsResponse> ListProvisions(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListProvisionsRequest& request);

[[nodiscard]] query::Reply<sen::v1::ListProvisionSumsResponse> ListProvisionSums(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListProvisionSumsRequest& request);

// Adds what another page says of the same title.
void Add(sen::v1::ProvisionSum& sum, const sen::v1::ProvisionSum& more);

}  // namespace apdr::views
