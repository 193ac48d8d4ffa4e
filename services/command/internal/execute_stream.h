#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <variant>

#include "services/command/command_handler.h"
#include "services/command/request_parser.h"
#include "services/host/caller.h"

namespace apdr::command {

// Commands of one stream that may wait for their answers; beyond it no more of the stream is taken,
// so that the caller's flow control, not our memory, holds what follows.
inline constexpr std::size_t kStreamInFlightMax = 1024;
// In one message.
inline constexpr std::size_t kStreamMessageRequestsMax = 10'000;

// Starts the server side of one ExecuteStream call; deletes itself when the call is over. Answers
// go out in the order of the commands.
[[nodiscard]] grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartExecuteStream(
    CommandHandler& handler, const RequestParser& parser,
    std::variant<host::Caller, host::ErrorReply> caller);

}  // namespace apdr::command
