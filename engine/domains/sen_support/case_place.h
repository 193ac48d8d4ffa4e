#pragma once

#include "engine/codec/place_change.h"

namespace apdr::sen {

// What an event of SEN Support says about the child's place of learning and home authority.
[[nodiscard]] codec::PlaceChange FindPlace(const event::v1::Event& event);

}  // namespace apdr::sen
