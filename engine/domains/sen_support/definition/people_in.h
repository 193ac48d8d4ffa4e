#pragma once

#include <google/protobuf/message.h>

#include <vector>

#include "apdr/sen/v1/types.pb.h"

namespace apdr::sen {

// Everybody whom a command's fields name, depth first, in the order of the fields. Borrowed from
// the command. REQUIRES: a command of CommandTable().
[[nodiscard]] std::vector<const v1::PersonRef*> PeopleIn(const google::protobuf::Message& command);

}  // namespace apdr::sen
