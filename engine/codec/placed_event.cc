#include "engine/codec/placed_event.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>

#include "apdr/event/v1/event.pb.h"

namespace apdr::codec {
namespace {

using google::protobuf::internal::WireFormatLite;
using Event = event::v1::Event;

static_assert(Event::kPositionFieldNumber == Event::kShardFieldNumber + 1);

// Where the fields below shard's end: fields are serialised in the order of their numbers.
std::size_t FindPlace(std::string_view stored) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(stored.data()),
                                               static_cast<int>(stored.size()));
  int end = 0;
  for (std::uint32_t tag = input.ReadTag();
       tag != 0 && WireFormatLite::GetTagFieldNumber(tag) < Event::kShardFieldNumber;
       tag = input.ReadTag()) {
    if (!WireFormatLite::SkipField(&input, tag)) break;
    end = input.CurrentPosition();
  }
  return static_cast<std::size_t>(end);
}

std::uint8_t* Append(std::string_view bytes, std::uint8_t* out) {
  return std::copy(bytes.begin(), bytes.end(), out);
}

}  // namespace

PlacedEvent::PlacedEvent(std::string_view stored, Shard shard, Position position) {
  const std::size_t place = FindPlace(stored);
  before_ = stored.substr(0, place);
  after_ = stored.substr(place);
  std::uint8_t* end = place_.data();
  if (shard.value() != 0) {
    end = WireFormatLite::WriteUInt32ToArray(Event::kShardFieldNumber, shard.value(), end);
  }
  if (position.value() != 0) {
    end = WireFormatLite::WriteUInt64ToArray(Event::kPositionFieldNumber, position.value(), end);
  }
  place_size_ = static_cast<std::size_t>(end - place_.data());
}

std::size_t PlacedEvent::size() const { return before_.size() + place_size_ + after_.size(); }

std::uint8_t* PlacedEvent::WriteTo(std::uint8_t* out) const {
  out = Append(before_, out);
  out = std::copy_n(place_.begin(), place_size_, out);
  return Append(after_, out);
}

std::string PlacedEvent::ToString() const {
  std::string bytes(size(), '\0');
  WriteTo(reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

}  // namespace apdr::codec
