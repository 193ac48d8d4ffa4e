#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <string>

#include "services/host/error_reply.h"

namespace apdr::command {

// Parses what came over the wire. We do it ourselves, not gRPC, so that a malformed or oversize
// request gets an error of the catalogue.
[[nodiscard]] std::optional<host::ErrorReply> ParseMessage(const grpc::ByteBuffer& bytes,
                                                           google::protobuf::Message& message);

[[nodiscard]] grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message);

}  // namespace apdr::command
