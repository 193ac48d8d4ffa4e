#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "apdr/command/v1/command_service.pb.h"
#include "engine/base/clock.h"
#include "engine/codec/field_rules.h"
#include "engine/core/workflow.h"
#include "services/command/command_handler.h"
#include "services/host/caller.h"
#include "services/host/error_reply.h"

namespace apdr::command {

// Turns what a caller sent into a command, or says what is wrong with it whatever the state of the
// case: unknown command, missing or malformed field, unknown enum value, text that is not UTF-8.
// Everything that needs no case happens here, off the writer's thread. Thread-safe.
class RequestParser {
 public:
  // Borrows both.
  RequestParser(const core::Workflow& workflow, const Clock& clock);

  [[nodiscard]] std::variant<Request, host::ErrorReply> Parse(const v1::ExecuteRequest& message,
                                                              const host::Caller& caller) const;
  // The same for a command that will only be previewed; its request_id may be empty.
  [[nodiscard]] std::variant<Request, host::ErrorReply> ParsePreview(
      const v1::PreviewRequest& message, const host::Caller& caller) const;

 private:
  const core::Workflow& workflow_;
  const Clock& clock_;
  struct CommandType {
    const google::protobuf::Message* prototype;
    codec::FieldChecker fields;
  };
  const codec::FieldChecker request_fields_;
  std::map<std::string, CommandType, std::less<>> commands_;
};

}  // namespace apdr::command
