#include "services/command/internal/wire.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <vector>

#include "services/command/request_parser.h"

namespace apdr::command {

std::optional<host::ErrorReply> ParseMessage(const grpc::ByteBuffer& bytes,
                                             google::protobuf::Message& message) {
  if (bytes.Length() > kRequestBytesMax) return TooLarge(bytes.Length());
  grpc::ByteBuffer copy(bytes);  // Shares the slices.
  grpc::ProtoBufferReader reader(&copy);
  if (message.ParseFromZeroCopyStream(&reader)) return std::nullopt;
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (bytes.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return ExplainParseFailure(flat, message.GetDescriptor()->full_name());
}

grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message) {
  const std::size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  return {&slice, 1};
}

}  // namespace apdr::command
