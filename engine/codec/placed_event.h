#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/vocabulary.h"

namespace apdr::codec {

// A stored envelope with its place in the log, as it goes out: the bytes that parsing it, setting
// shard and position and serialising it again would give, at the price of a copy. Borrows the
// stored bytes. Bytes that are no envelope come out as no envelope.
class PlacedEvent {
 public:
  PlacedEvent(std::string_view stored, Shard shard, Position position);

  [[nodiscard]] std::size_t size() const;
  // Writes size() bytes and returns what follows them.
  std::uint8_t* WriteTo(std::uint8_t* out) const;
  [[nodiscard]] std::string ToString() const;

 private:
  static constexpr std::size_t kPlaceBytesMax = 1 + 5 + 1 + 10;  // Two tags and two varints.

  std::string_view before_;
  std::array<std::uint8_t, kPlaceBytesMax> place_{};
  std::size_t place_size_ = 0;
  std::string_view after_;
};

}  // namespace apdr::codec
