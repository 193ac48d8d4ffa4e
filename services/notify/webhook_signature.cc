#include "services/notify/webhook_signature.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "services/notify/digest.h"

namespace apdr::notify {
namespace {

constexpr std::string_view kHmacPrefix = "whsec_";
constexpr std::string_view kEd25519Prefix = "whsk_";
constexpr std::size_t kHmacBytesMin = 24;
constexpr std::size_t kHmacBytesMax = 64;
constexpr std::size_t kSeedBytes = 32;

struct Key {
  bool asymmetric = false;
  std::string bytes;
};

absl::StatusOr<Key> ReadKey(const Sensitive<std::string>& secret) {
  const std::string_view text = secret.Expose();
  Key key{.asymmetric = text.starts_with(kEd25519Prefix), .bytes = {}};
  if (!key.asymmetric && !text.starts_with(kHmacPrefix)) {
    return absl::InvalidArgumentError("one of them begins neither with whsec_ nor with whsk_");
  }
  const std::string_view base64 =
      text.substr((key.asymmetric ? kEd25519Prefix : kHmacPrefix).size());
  if (!absl::Base64Unescape(absl::string_view(base64.data(), base64.size()), &key.bytes)) {
    return absl::InvalidArgumentError("one of them is not base64 behind its prefix");
  }
  if (key.asymmetric && key.bytes.size() != kSeedBytes) {
    return absl::InvalidArgumentError("a whsk_ key must have 32 bytes");
  }
  if (!key.asymmetric && (key.bytes.size() < kHmacBytesMin || key.bytes.size() > kHmacBytesMax)) {
    return absl::InvalidArgumentError("a whsec_ secret must have 24 to 64 bytes");
  }
  return key;
}

}  // namespace

absl::Status CheckWebhookSecret(const Sensitive<std::string>& secret) {
  return ReadKey(secret).status();
}

absl::StatusOr<std::string> WebhookSignature(const std::vector<Sensitive<std::string>>& secrets,
                                             const SignedContent& content) {
  const std::string text =
      absl::StrCat(std::string(content.id), ".", content.timestamp, ".", std::string(content.body));
  std::vector<std::string> signatures;
  for (const Sensitive<std::string>& secret : secrets) {
    APDR_ASSIGN_OR_RETURN(const Key key, ReadKey(secret));
    if (key.asymmetric) {
      APDR_ASSIGN_OR_RETURN(const std::string signature, Ed25519Sign(key.bytes, text));
      signatures.push_back("v1a," + Base64(signature));
    } else {
      signatures.push_back("v1," + Base64(HmacSha256(key.bytes, text)));
    }
  }
  return absl::StrJoin(signatures, " ");
}

}  // namespace apdr::notify
