#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "services/scenario/internal/content.h"

// Words of the commands that stand beside the cycle.
namespace apdr::scenario {

// Puts what no field is called: urn= of a transfer, upn= of an identifier, event=ChildRegistered of
// a correction, evidence in words. False: it is not such a word.
[[nodiscard]] absl::StatusOr<bool> PutOutside(const std::string& key, const std::string& value,
                                              const ContentContext& context,
                                              google::protobuf::Message& command);

// Bare words: a provision, a person who is unlinked, "UPN H801200001001".
[[nodiscard]] absl::StatusOr<bool> PutLaterPhrase(const std::string& phrase,
                                                  const ContentContext& context,
                                                  google::protobuf::Message& command);

// A correction that names no event is of the registration; a field may be named by its last part.
void CompleteCorrection(const ContentContext& context, google::protobuf::Message& command);

// The command whose event has this name, "HoldPlaced"; empty: there is none.
[[nodiscard]] std::string CommandOfEvent(std::string_view event);

// Who asks, disagrees or does something at home is whoever acts, if the script does not say.
[[nodiscard]] absl::Status PutAsker(const CommandLine& line, const ContentContext& context,
                                    const std::set<std::string>& said,
                                    google::protobuf::Message& command);

}  // namespace apdr::scenario
