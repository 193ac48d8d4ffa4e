#pragma once

#include "services/views/reading.h"
#include "services/views/view.h"

// The SENCO's board: what is to be done next in every case that goes on.
namespace apdr::views {

[[nodiscard]] View BoardView();

[[nodiscard]] query::Reply<sen::v1::ListBoardResponse> ListBoard(
    const Reading& reading, const host::Caller& caller, const sen::v1::ListBoardRequest& request);

}  // namespace apdr::views
