#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/date.h"
#include "engine/core/state.h"
#include "engine/domains/sen_support/policy.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// All borrowed for the call.
struct ContentContext {
  const std::string& case_id;
  Date date;
  const core::State& state;  // Before the command.
  const sen::Policy& policy;
  const std::map<std::string, Fact>& facts;
  // The id of the newest event of each name: "ChildRegistered".
  const std::map<std::string, std::string>& event_ids;
};

// What a script's words make of a command.
struct Content {
  std::unique_ptr<google::protobuf::Message> message;
  std::optional<std::string> expected_version;  // "5", "current", "current-1", "new"
  std::string request_id;
  std::optional<Date> occurred_on;
  std::string actor_setting;         // Another setting than the case's: "URN:199002".
  std::string other_case;            // A name for another child's case.
  bool same_upn = false;             // With the UPN of the script's child.
  bool repeats = false;              // The request id of the command of this name before it ...
  bool other_body = false;           // ... with another content.
  std::vector<std::string> remarks;  // Words that said nothing this product knows.
  std::vector<Argument> checks;      // Fields that only the event has, to be compared with it.
};

// Whether the command is sent to another child's case: "case=twin", "same UPN".
[[nodiscard]] bool IsOfOtherCase(const CommandLine& command);

// The smallest valid content of the command with everything the script says put into it.
// kInvalidArgument: a field or value that the command does not have.
[[nodiscard]] absl::StatusOr<Content> BuildContent(const CommandLine& command,
                                                   const std::string& type,
                                                   const ContentContext& context);

}  // namespace apdr::scenario
