#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace apdr {

// SHA-256 of the bytes; and the same as 64 small hexadecimal digits. Thread-safe.
[[nodiscard]] std::array<std::uint8_t, 32> Sha256(std::string_view bytes);
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104) of the bytes under a key. Thread-safe.
[[nodiscard]] std::array<std::uint8_t, 32> HmacSha256(std::string_view key, std::string_view bytes);

}  // namespace apdr
