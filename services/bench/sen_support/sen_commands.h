#pragma once

#include <vector>

#include "apdr/command/v1/command_service.pb.h"

namespace apdr::bench {

// Who makes the calls, as metadata.
struct MetadataEntry {
  const char* key;
  const char* value;
};
[[nodiscard]] const std::vector<MetadataEntry>& CallerMetadata();

// What makes a case of SEN Support ready for RunningCommands, in order. The ids are filled in
// later.
[[nodiscard]] std::vector<command::v1::ExecuteRequest> OpeningCommands();

// What an open case admits again and again: about 400 bytes each, as teachers write them.
[[nodiscard]] std::vector<command::v1::ExecuteRequest> RunningCommands();

}  // namespace apdr::bench
