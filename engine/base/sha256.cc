#include "engine/base/sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "engine/base/check.h"

namespace apdr {

std::array<std::uint8_t, 32> Sha256(std::string_view bytes) {
  // Fetched once, and a context kept: either costs as much as a short digest.
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<std::uint8_t, 32> digest{};
  APDR_CHECK(context != nullptr);
  APDR_CHECK(EVP_DigestInit_ex(context.get(), kSha256, nullptr) == 1 &&
             EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
             EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

std::string Sha256Hex(std::string_view bytes) {
  const auto digest = Sha256(bytes);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::array<std::uint8_t, 32> HmacSha256(std::string_view key, std::string_view bytes) {
  std::array<std::uint8_t, 32> digest{};
  APDR_CHECK(::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    digest.data(), nullptr) != nullptr);
  return digest;
}

}  // namespace apdr
