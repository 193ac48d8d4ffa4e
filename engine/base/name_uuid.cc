#include "engine/base/name_uuid.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "engine/base/check.h"
#include "engine/base/id_source.h"

namespace apdr {

std::string NameUuid(std::string_view name_space, std::string_view name) {
  APDR_CHECK(IsUuid(name_space));
  std::string hex(name_space);
  hex.erase(std::remove(hex.begin(), hex.end(), '-'), hex.end());
  std::string content = absl::HexStringToBytes(hex);
  content.append(name);
  std::array<std::uint8_t, 20> digest{};
  APDR_CHECK(
      EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0fU) | 0x50U);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3fU) | 0x80U);
  std::string uuid =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 16));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid.insert(at, 1, '-');
  return uuid;
}

}  // namespace apdr
