#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "services/host/error_reply.h"

namespace apdr::host {

// A larger request is refused (REQUEST_TOO_LARGE).
inline constexpr std::size_t kRequestBytesMax = 1U << 20;

// REQUEST_TOO_LARGE: `what` ("requests in a message") are more than `limit`.
[[nodiscard]] ErrorReply TooMany(std::string_view what, std::size_t count, std::size_t limit);

// REQUEST_MALFORMED: the bytes are no message of the type `what`.
[[nodiscard]] ErrorReply Malformed(std::string_view what);

// Why bytes that should be a message do not parse: TEXT_NOT_UTF8 when the wire format is sound,
// else REQUEST_MALFORMED.
[[nodiscard]] ErrorReply ExplainParseFailure(std::string_view bytes, std::string_view what);

// The bytes in one piece, copied only if they are not; refuses more than kRequestBytesMax.
[[nodiscard]] std::variant<grpc::Slice, ErrorReply> TakeBytes(const grpc::ByteBuffer& bytes);

[[nodiscard]] inline std::string_view AsText(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// Parses what came over the wire. We do it ourselves, not gRPC, so that a malformed or oversize
// request gets an error of the catalogue.
[[nodiscard]] std::optional<ErrorReply> ParseMessage(std::string_view bytes,
                                                     google::protobuf::Message& message);
[[nodiscard]] std::optional<ErrorReply> ParseMessage(const grpc::ByteBuffer& bytes,
                                                     google::protobuf::Message& message);

[[nodiscard]] grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message);

}  // namespace apdr::host
