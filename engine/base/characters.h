#pragma once

#include <cstddef>
#include <string_view>

namespace apdr {

// Characters of valid UTF-8, not bytes: "Zoë" has three.
[[nodiscard]] std::size_t CharactersIn(std::string_view text);

// Whether the bytes are UTF-8 (RFC 3629): no stray or missing byte, no detour, no surrogate.
[[nodiscard]] bool IsUtf8(std::string_view bytes);

}  // namespace apdr
