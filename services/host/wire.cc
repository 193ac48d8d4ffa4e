#include "services/host/wire.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace apdr::host {
namespace {

ErrorReply TooLarge(std::size_t bytes) {
  return MakeError(error::v1::ERROR_CODE_REQUEST_TOO_LARGE,
                   absl::StrCat("Expected a request of at most ", kRequestBytesMax,
                                " bytes, but it has ", bytes, "."),
                   {{"bytes", absl::StrCat(bytes)}, {"limit", absl::StrCat(kRequestBytesMax)}});
}

}  // namespace

ErrorReply TooMany(std::string_view what, std::size_t count, std::size_t limit) {
  return MakeError(error::v1::ERROR_CODE_REQUEST_TOO_LARGE,
                   absl::StrCat("Expected at most ", limit, " ", std::string(what),
                                ", but there are ", count, "."),
                   {{"count", absl::StrCat(count)}, {"limit", absl::StrCat(limit)}});
}

ErrorReply Malformed(std::string_view what) {
  const std::string name(what);
  return MakeError(error::v1::ERROR_CODE_REQUEST_MALFORMED,
                   absl::StrCat("Expected a ", name, ", but the bytes are not such a message."),
                   {{"message", name}});
}

ErrorReply ExplainParseFailure(std::string_view bytes, std::string_view what) {
  google::protobuf::UnknownFieldSet fields;
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  // Sound on the wire, yet refused: a text field is not UTF-8.
  const bool sound = fields.ParseFromZeroCopyStream(&input);
  if (sound) {
    const std::string name(what);
    return MakeError(error::v1::ERROR_CODE_TEXT_NOT_UTF8,
                     absl::StrCat("Expected a ", name,
                                  " with text in UTF-8, but a text field holds other bytes."),
                     {{"message", name}});
  }
  return Malformed(what);
}

std::variant<grpc::Slice, ErrorReply> TakeBytes(const grpc::ByteBuffer& bytes) {
  if (bytes.Length() > kRequestBytesMax) return TooLarge(bytes.Length());
  grpc::Slice slice;
  // A caller who ends the call without a message leaves no buffer at all: an empty message.
  if (!bytes.Valid() || bytes.TrySingleSlice(&slice).ok()) return slice;
  APDR_CHECK(bytes.DumpToSingleSlice(&slice).ok());
  return slice;
}

std::optional<ErrorReply> ParseMessage(std::string_view bytes, google::protobuf::Message& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return ExplainParseFailure(bytes, message.GetDescriptor()->full_name());
}

std::optional<ErrorReply> ParseMessage(const grpc::ByteBuffer& bytes,
                                       google::protobuf::Message& message) {
  const auto taken = TakeBytes(bytes);
  if (const auto* error = std::get_if<ErrorReply>(&taken)) return *error;
  return ParseMessage(AsText(std::get<grpc::Slice>(taken)), message);
}

grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message) {
  const std::size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  return {&slice, 1};
}

}  // namespace apdr::host
