#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <variant>

#include "services/host/caller.h"
#include "services/host/error_reply.h"
#include "services/subscription/dispatcher.h"

namespace apdr::subscription {

// Messages of a member that may wait for the dispatcher; beyond it no more are read, so that the
// caller's flow control, not our memory, holds what follows.
inline constexpr std::size_t kConsumeInboxMax = 64;

// Starts the server side of one Consume call; it lives until gRPC and the dispatcher are done with
// it.
[[nodiscard]] grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartConsumeCall(
    Dispatcher& dispatcher, std::variant<host::Caller, host::ErrorReply> caller);

}  // namespace apdr::subscription
