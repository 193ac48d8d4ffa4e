#include "engine/base/characters.h"

namespace apdr {
namespace {

unsigned char ByteAt(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

// The bytes of the character at the front; 0: there is none. The second byte has bounds of its own
// where the first leaves a choice: they rule out what has a shorter form, surrogates, and what lies
// beyond U+10FFFF.
std::size_t SizeOfFirst(std::string_view bytes) {
  const unsigned char first = ByteAt(bytes, 0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (ByteAt(bytes, 1) < low || ByteAt(bytes, 1) > high) return 0;
  for (std::size_t at = 2; at < size; ++at) {
    if ((ByteAt(bytes, at) & 0xc0U) != 0x80U) return 0;
  }
  return size;
}

}  // namespace

std::size_t CharactersIn(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) ++count;  // Does not continue one.
  }
  return count;
}

bool IsUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = SizeOfFirst(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

}  // namespace apdr
