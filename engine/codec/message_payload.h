#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/base/check.h"
#include "engine/core/payload.h"

namespace apdr::codec {

// A command or event payload that is a protobuf message of the schemas under proto/. The functions
// below make them.
class MessagePayload : public core::Payload {
 public:
  MessagePayload(const MessagePayload&) = delete;
  MessagePayload& operator=(const MessagePayload&) = delete;

  [[nodiscard]] std::string_view type() const final { return type_; }
  [[nodiscard]] const google::protobuf::Message& message() const { return *message_; }

 protected:
  explicit MessagePayload(const google::protobuf::Descriptor& type) : type_(type.full_name()) {}
  // Says where the derived class keeps its message, which is of `type`.
  void Show(const google::protobuf::Message& message) { message_ = &message; }

 private:
  const google::protobuf::Message* message_ = nullptr;
  const std::string_view type_;  // Owned by the generated descriptor pool.
};

// In one piece with its message.
template <class M>
class PayloadOf final : public MessagePayload {
 public:
  explicit PayloadOf(M message) : MessagePayload(*M::descriptor()), held_(std::move(message)) {
    Show(held_);
  }

 private:
  const M held_;
};

// Wraps a message: MakePayload(std::move(plan_agreed)).
template <class M>
[[nodiscard]] core::PayloadPtr MakePayload(M message) {
  return std::make_shared<PayloadOf<M>>(std::move(message));
}

// The same for a message of any type.
[[nodiscard]] core::PayloadPtr OwnPayload(std::unique_ptr<const google::protobuf::Message> message);

// The message as an M if it is one, else null. By the address of its type: generated messages are
// final and linked into one binary, and comparing types by name, or asking for descriptors, costs
// many times as much where a command or event is held against every type.
template <class M>
[[nodiscard]] const M* TryCast(const google::protobuf::Message& message) {
  return &typeid(message) == &typeid(M) ? static_cast<const M*>(&message) : nullptr;
}

// The message if the payload holds an M, else null.
template <class M>
[[nodiscard]] const M* TryAs(const core::Payload& payload) {
  return TryCast<M>(static_cast<const MessagePayload&>(payload).message());
}

// The message inside, as the type its `type()` names. REQUIRES: payload is a MessagePayload holding
// an M.
template <class M>
[[nodiscard]] const M& As(const core::Payload& payload) {
  const M* message = TryAs<M>(payload);
  APDR_CHECK(message != nullptr);
  return *message;
}

// The empty message of this full name, for ever; null: this binary has no such type.
[[nodiscard]] const google::protobuf::Message* FindPrototype(std::string_view type);

// Parses bytes as a message of the prototype's type. kInvalidArgument: they are no such message.
[[nodiscard]] absl::StatusOr<core::PayloadPtr> ParsePayload(
    const google::protobuf::Message& prototype, std::string_view bytes);

// Parses bytes as the message type of this full name. kNotFound: this binary has no such type.
// kInvalidArgument: the bytes are not such a message (a string that is not UTF-8 included).
[[nodiscard]] absl::StatusOr<core::PayloadPtr> ParsePayload(std::string_view type,
                                                            std::string_view bytes);

// The type name in an Any's URL: what follows the last '/'. Empty when there is none.
[[nodiscard]] std::string_view TypeOfUrl(std::string_view type_url);

// The URL under which a payload of this type stands in an Any.
[[nodiscard]] std::string UrlOfType(std::string_view type);
// The same, in the place of what `url` was.
void AssignUrlOfType(std::string_view type, std::string& url);

}  // namespace apdr::codec
