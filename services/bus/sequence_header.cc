#include "services/bus/sequence_header.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"

namespace apdr::bus {

std::optional<Position> ParseSequence(std::string_view text) {
  constexpr std::size_t kDigitsMax = 20;
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.size() > kDigitsMax || error != std::errc() || stop != end || value == 0) {
    return std::nullopt;
  }
  return Position(value);
}

void CheckSequence(const Record& record) {
  const auto is_sequence = [](const auto& header) { return header.first == kSequenceHeader; };
  const auto found = std::ranges::find_if(record.headers, is_sequence);
  APDR_CHECK(found != record.headers.end());
  APDR_CHECK(ParseSequence(found->second) == record.position);
  APDR_CHECK(std::ranges::count_if(record.headers, is_sequence) == 1);
}

LastRecord AsLastRecord(const Record& record) {
  const auto id = std::ranges::find_if(
      record.headers, [](const auto& header) { return header.first == kEventIdHeader; });
  return {.position = record.position,
          .event_id = id == record.headers.end() ? std::string() : id->second};
}

}  // namespace apdr::bus
