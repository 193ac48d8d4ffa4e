#pragma once

#include "services/notify/delivery_projection.h"

namespace apdr::sen {

// What an event of SEN Support says about the child's place of learning and home authority.
[[nodiscard]] notify::PlaceChange FindPlace(const event::v1::Event& event);

}  // namespace apdr::sen
