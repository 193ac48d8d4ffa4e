#pragma once

#include "services/views/reading.h"
#include "services/views/view.h"

// "Comply or explain": where a rule was knowingly not followed, and why. A departure stays with the
// setting that held the case then.
namespace apdr::views {

[[nodiscard]] View DeparturesView();

[[nodiscard]] query::Reply<sen::v1::ListDeparturesResponse> ListDepartures(
    const Reading& reading, const host::Caller& caller,
    const sen::v1::ListDeparturesRequest& request);

}  // namespace apdr::views
