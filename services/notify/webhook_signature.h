#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/sensitive.h"

// Signatures of the Standard Webhooks specification.
namespace apdr::notify {

// kInvalidArgument unless it is "whsec_<base64>" (HMAC-SHA256, 24 to 64 bytes) or "whsk_<base64>"
// (Ed25519, 32 bytes).
[[nodiscard]] absl::Status CheckWebhookSecret(const Sensitive<std::string>& secret);

// What is signed: "<id>.<timestamp>.<body>".
struct SignedContent {
  std::string_view id;
  std::int64_t timestamp = 0;  // Seconds since 1970.
  std::string_view body;
};

// The webhook-signature header: "v1,<base64>" or "v1a,<base64>" for each secret, with blanks
// between. kInvalidArgument as CheckWebhookSecret().
[[nodiscard]] absl::StatusOr<std::string> WebhookSignature(
    const std::vector<Sensitive<std::string>>& secrets, const SignedContent& content);

}  // namespace apdr::notify
