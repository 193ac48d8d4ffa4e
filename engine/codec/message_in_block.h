#pragma once

#include <google/protobuf/arena.h>

#include <array>
#include <cstddef>

namespace apdr::codec {

// An empty message on the stack, with a block beside it in which the messages inside it lie,
// without an allocation for each, as far as they fit.
template <class M>
class MessageInBlock {
 public:
  MessageInBlock() = default;
  MessageInBlock(const MessageInBlock&) = delete;
  MessageInBlock& operator=(const MessageInBlock&) = delete;

  [[nodiscard]] M& operator*() { return message_; }
  [[nodiscard]] const M& operator*() const { return message_; }
  [[nodiscard]] M* operator->() { return &message_; }
  [[nodiscard]] const M* operator->() const { return &message_; }

 private:
  static constexpr std::size_t kUsualBytes = 2048;

  alignas(std::max_align_t) std::array<char, kUsualBytes> block_;
  google::protobuf::Arena arena_{block_.data(), block_.size()};
  M& message_ = *google::protobuf::Arena::CreateMessage<M>(&arena_);
};

}  // namespace apdr::codec
