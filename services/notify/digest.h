#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace apdr::notify {

// 32 bytes.
[[nodiscard]] std::string Sha256(std::string_view bytes);
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view bytes);

// 64 bytes: the Ed25519 signature under the private key made of the 32 bytes `seed`.
// kInvalidArgument: the seed has another size.
[[nodiscard]] absl::StatusOr<std::string> Ed25519Sign(std::string_view seed,
                                                      std::string_view bytes);

// A UUID (version 8) that follows from `text`.
[[nodiscard]] std::string UuidOf(std::string_view text);

// Base64 with padding, and for URLs without.
[[nodiscard]] std::string Base64(std::string_view bytes);
[[nodiscard]] std::string Base64Url(std::string_view bytes);

}  // namespace apdr::notify
