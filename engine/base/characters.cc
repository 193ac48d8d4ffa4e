#include "engine/base/characters.h"

namespace apdr {

std::size_t CharactersIn(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) ++count;  // Does not continue one.
  }
  return count;
}

}  // namespace apdr
