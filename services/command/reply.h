#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <string>
#include <variant>

#include "apdr/command/v1/command_service.pb.h"
#include "services/command/command_handler.h"
#include "services/host/error_reply.h"

namespace apdr::command {

// The answer to a command as the API gives it: an ExecuteResponse.
[[nodiscard]] grpc::ByteBuffer ExecuteAnswer(const Accepted& accepted);
// One of ExecuteStreamResponse.answers, as its bytes on the wire with tag and length: the bytes of
// several, one after the other, are a message.
[[nodiscard]] grpc::Slice StreamAnswer(const std::string& request_id, const Accepted& accepted);
[[nodiscard]] grpc::Slice StreamAnswer(const std::string& request_id,
                                       const host::ErrorReply& error);
[[nodiscard]] v1::PreviewResponse ToPreviewResponse(const Accepted& accepted);

// A "no" of the workflow with its canonical code; metadata holds "violations", every broken rule of
// the class.
[[nodiscard]] host::ErrorReply ToError(const core::Rejection& rejection);

}  // namespace apdr::command
