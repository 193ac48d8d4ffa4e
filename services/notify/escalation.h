#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <set>
#include <string>

#include "apdr/event/v1/event.pb.h"

namespace apdr::notify {

// What a reminder says beside its notice.
struct Escalation {
  std::uint32_t level = 0;
  std::set<std::string> to;  // Roles.
};

// Of an event that a timer recorded; nothing of any other, and of one that does not read.
[[nodiscard]] Escalation ReadEscalation(const event::v1::Event& event);

// Whether events of this type can name the roles to tell.
[[nodiscard]] bool NamesRoles(const google::protobuf::Descriptor& type);

}  // namespace apdr::notify
