#include "services/notify/webhook_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::notify {
namespace {

using Secrets = std::vector<Sensitive<std::string>>;

// The vectors of the specification's reference libraries.
constexpr char kHmacSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kHmacSignature[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr char kEd25519Key[] = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
constexpr char kEd25519Signature[] =
    "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";
constexpr SignedContent kContent = {.id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                    .timestamp = 1614265330,
                                    .body = R"({"test": 2432232314})"};

Secrets Of(const std::vector<std::string>& texts) {
  Secrets secrets;
  for (const std::string& text : texts) secrets.emplace_back(text);
  return secrets;
}

TEST(WebhookSignature, IsWhatTheSpecificationsLibrariesMake) {
  EXPECT_EQ(WebhookSignature(Of({kHmacSecret}), kContent).value(), kHmacSignature);
  EXPECT_EQ(WebhookSignature(Of({kEd25519Key}), kContent).value(), kEd25519Signature);
}

TEST(WebhookSignature, HoldsOneForEachSecretSoThatTheyCanBeRotated) {
  EXPECT_EQ(WebhookSignature(Of({kHmacSecret, kEd25519Key}), kContent).value(),
            std::string(kHmacSignature) + " " + kEd25519Signature);
}

TEST(CheckWebhookSecret, RefusesWhatIsNone) {
  for (const char* secret : {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_!!",
                             "whsec_c2hvcnQ=", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             "whpk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVM="}) {
    EXPECT_EQ(CheckWebhookSecret(Sensitive<std::string>(secret)).code(),
              absl::StatusCode::kInvalidArgument)
        << secret;
  }
}

}  // namespace
}  // namespace apdr::notify
