#include "services/host/wire.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <vector>

#include "absl/strings/str_cat.h"

namespace apdr::host {
namespace {

ErrorReply TooLarge(std::size_t bytes) {
  return MakeError(error::v1::ERROR_CODE_REQUEST_TOO_LARGE,
                   absl::StrCat("Expected a request of at most ", kRequestBytesMax,
                                " bytes, but it has ", bytes, "."),
                   {{"bytes", absl::StrCat(bytes)}, {"limit", absl::StrCat(kRequestBytesMax)}});
}

}  // namespace

ErrorReply ExplainParseFailure(std::string_view bytes, std::string_view what) {
  google::protobuf::UnknownFieldSet fields;
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  // Sound on the wire, yet refused: a text field is not UTF-8.
  const bool sound = fields.ParseFromZeroCopyStream(&input);
  const std::string name(what);
  if (sound) {
    return MakeError(error::v1::ERROR_CODE_TEXT_NOT_UTF8,
                     absl::StrCat("Expected a ", name,
                                  " with text in UTF-8, but a text field holds other bytes."),
                     {{"message", name}});
  }
  return MakeError(error::v1::ERROR_CODE_REQUEST_MALFORMED,
                   absl::StrCat("Expected a ", name, ", but the bytes are not such a message."),
                   {{"message", name}});
}

std::optional<ErrorReply> ParseMessage(const grpc::ByteBuffer& bytes,
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

}  // namespace apdr::host
