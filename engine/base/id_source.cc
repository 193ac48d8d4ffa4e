#include "engine/base/id_source.h"

#include <array>
#include <cstddef>

#include "absl/time/time.h"

namespace apdr {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string Format(std::uint64_t high, std::uint64_t low) {
  std::string text;
  text.reserve(36);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text.push_back('-');
    const std::uint64_t half = nibble < 16 ? high : low;
    text.push_back(kHexDigits[half >> (60 - 4 * (nibble % 16)) & 0xf]);
  }
  return text;
}

}  // namespace

UuidV7Source::UuidV7Source(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

std::string UuidV7Source::NextUuid() {
  const auto millis = static_cast<std::uint64_t>(absl::ToUnixMillis(clock_.Now()));
  const std::uint64_t high = millis << 16 | 0x7000U | (random_.Next() & 0x0fffU);
  const std::uint64_t low = 0x8000000000000000U | (random_.Next() & 0x3fffffffffffffffU);
  return Format(high, low);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

}  // namespace apdr
