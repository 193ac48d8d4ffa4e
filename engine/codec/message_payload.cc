#include "engine/codec/message_payload.h"

#include <limits>

#include "absl/strings/str_cat.h"

namespace apdr::codec {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

MessagePayload::MessagePayload(std::unique_ptr<const Message> message)
    : message_(std::move(message)), type_(message_->GetDescriptor()->full_name()) {}

const Message* FindPrototype(std::string_view type) {
  const Descriptor* descriptor =
      DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(type));
  if (descriptor == nullptr) return nullptr;
  const Message* prototype = MessageFactory::generated_factory()->GetPrototype(descriptor);
  APDR_CHECK(prototype != nullptr);
  return prototype;
}

absl::StatusOr<core::PayloadPtr> ParsePayload(const Message& prototype, std::string_view bytes) {
  std::unique_ptr<Message> message(prototype.New());
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(absl::StrCat("Expected to parse a ", prototype.GetTypeName(),
                                                   ", but the bytes are not such a message."));
  }
  return std::make_shared<MessagePayload>(std::move(message));
}

absl::StatusOr<core::PayloadPtr> ParsePayload(std::string_view type, std::string_view bytes) {
  const Message* prototype = FindPrototype(type);
  if (prototype == nullptr) {
    return absl::NotFoundError(absl::StrCat("Expected to parse a message, but the type ",
                                            std::string(type), " is unknown."));
  }
  return ParsePayload(*prototype, bytes);
}

std::string_view TypeOfUrl(std::string_view type_url) {
  const std::size_t slash = type_url.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : type_url.substr(slash + 1);
}

std::string UrlOfType(std::string_view type) {
  return std::string("type.googleapis.com/").append(type);
}

}  // namespace apdr::codec
