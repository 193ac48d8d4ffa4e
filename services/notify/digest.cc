#include "services/notify/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>

#include "absl/strings/escaping.h"
#include "engine/base/check.h"
#include "engine/base/sha256.h"

namespace apdr::notify {
namespace {

constexpr std::size_t kSeedBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::string_view ViewOf(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string Sha256(std::string_view bytes) {
  const auto digest = apdr::Sha256(bytes);
  return {digest.begin(), digest.end()};
}

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  const auto digest = apdr::HmacSha256(key, bytes);
  return {digest.begin(), digest.end()};
}

absl::StatusOr<std::string> Ed25519Sign(std::string_view seed, std::string_view bytes) {
  if (seed.size() != kSeedBytes) return absl::InvalidArgumentError("the key must have 32 bytes");
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, BytesOf(seed), seed.size()),
      &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  APDR_CHECK(key != nullptr && context != nullptr);
  APDR_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  std::array<unsigned char, kSignatureBytes> signature{};
  std::size_t size = signature.size();
  APDR_CHECK(EVP_DigestSign(context.get(), signature.data(), &size, BytesOf(bytes), bytes.size()) ==
             1);
  return std::string(signature.begin(), signature.end());
}

std::string UuidOf(std::string_view text) {
  std::string bytes = Sha256(text).substr(0, 16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0fU) | 0x80U);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3fU) | 0x80U);
  std::string uuid = absl::BytesToHexString(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid.insert(at, 1, '-');
  return uuid;
}

std::string Base64(std::string_view bytes) { return absl::Base64Escape(ViewOf(bytes)); }

// Abseil's form for the web has no padding.
std::string Base64Url(std::string_view bytes) { return absl::WebSafeBase64Escape(ViewOf(bytes)); }

}  // namespace apdr::notify
