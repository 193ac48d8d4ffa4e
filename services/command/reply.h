#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <variant>

#include "apdr/command/v1/command_service.pb.h"
#include "services/command/command_handler.h"
#include "services/host/error_reply.h"

namespace apdr::command {

// The answer to a command as the API gives it: an ExecuteResponse.
[[nodiscard]] grpc::ByteBuffer ExecuteAnswer(const CaseId& case_id, const Accepted& accepted);
// The same inside an ExecuteStreamResponse, which begins with the request's id.
[[nodiscard]] grpc::ByteBuffer StreamAnswer(const std::string& request_id, const CaseId& case_id,
                                            const Accepted& accepted);
[[nodiscard]] v1::PreviewResponse ToPreviewResponse(const Accepted& accepted);

// A "no" of the workflow with its canonical code; metadata holds "violations", every broken rule of
// the class.
[[nodiscard]] host::ErrorReply ToError(const core::Rejection& rejection);

// What a unary call would return as its status, for a stream.
[[nodiscard]] v1::CommandError ToCommandError(const host::ErrorReply& error);

}  // namespace apdr::command
