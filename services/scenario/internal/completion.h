#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>

#include "services/scenario/internal/content.h"

namespace apdr::scenario {

// Fills in what the script's choices make necessary and its words leave open: the provisions that
// serve the outcomes, what is different, the next look, the tries behind a silence. `said`: the
// names of the fields that the script speaks of; those stay as they are.
void Complete(const ContentContext& context, const std::set<std::string>& said,
              google::protobuf::Message& command);

}  // namespace apdr::scenario
