#pragma once

#include <functional>
#include <optional>
#include <string>

#include "apdr/event/v1/event.pb.h"

namespace apdr::codec {

// What an event says about where its case is; nullopt: nothing new.
struct PlaceChange {
  std::optional<std::string> setting_id = {};
  std::optional<std::string> authority_id = {};
};
// What a domain's events say of it.
using PlaceFinder = std::function<PlaceChange(const event::v1::Event& event)>;

}  // namespace apdr::codec
