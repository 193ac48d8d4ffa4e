#include "engine/codec/message_payload.h"

#include <google/protobuf/arena.h>

#include <array>
#include <cstddef>
#include <limits>

#include "absl/strings/str_cat.h"

namespace apdr::codec {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

namespace {

class OwnedPayload final : public MessagePayload {
 public:
  explicit OwnedPayload(std::unique_ptr<const Message> message)
      : MessagePayload(*message->GetDescriptor()), held_(std::move(message)) {
    Show(*held_);
  }

 private:
  const std::unique_ptr<const Message> held_;
};

// The messages inside it lie beside it as far as they fit, without an allocation for each.
class ParsedPayload final : public MessagePayload {
 public:
  explicit ParsedPayload(const Message& prototype)
      : MessagePayload(*prototype.GetDescriptor()), held_(*prototype.New(&arena_)) {
    Show(held_);
  }

  [[nodiscard]] bool Parse(std::string_view bytes) {
    return bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
           held_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }

 private:
  static constexpr std::size_t kUsualBytes = 768;

  alignas(std::max_align_t) std::array<char, kUsualBytes> block_;
  google::protobuf::Arena arena_{block_.data(), block_.size()};
  Message& held_;
};

}  // namespace

core::PayloadPtr OwnPayload(std::unique_ptr<const Message> message) {
  return std::make_shared<OwnedPayload>(std::move(message));
}

const Message* FindPrototype(std::string_view type) {
  const Descriptor* descriptor =
      DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(type));
  if (descriptor == nullptr) return nullptr;
  const Message* prototype = MessageFactory::generated_factory()->GetPrototype(descriptor);
  APDR_CHECK(prototype != nullptr);
  return prototype;
}

absl::StatusOr<core::PayloadPtr> ParsePayload(const Message& prototype, std::string_view bytes) {
  auto payload = std::make_shared<ParsedPayload>(prototype);
  if (payload->Parse(bytes)) return payload;
  return absl::InvalidArgumentError(absl::StrCat("Expected to parse a ", prototype.GetTypeName(),
                                                 ", but the bytes are not such a message."));
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
  std::string url;
  AssignUrlOfType(type, url);
  return url;
}

void AssignUrlOfType(std::string_view type, std::string& url) {
  url.assign("type.googleapis.com/").append(type);
}

}  // namespace apdr::codec
