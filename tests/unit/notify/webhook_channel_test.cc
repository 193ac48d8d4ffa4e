#include "services/notify/webhook_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/notify/times.h"
#include "services/notify/webhook_signature.h"
#include "tests/unit/notify/scripted_http.h"

namespace apdr::notify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class WebhookChannelTest : public ::testing::Test {
 protected:
  WebhookChannelTest() : channel_(http_) {
    delivery_.set_delivery_id("d1");
    delivery_.set_notice_id("n1");
    delivery_.set_tenant_id("t1");
    delivery_.set_case_id("c1");
    delivery_.set_setting_id("URN:1");
    delivery_.set_event_type("apdr.sen.v1.ReviewOverdue");
    delivery_.set_occurred_on("2026-02-09");
    delivery_.set_due_on("2026-02-06");
    delivery_.set_level(2);
    *delivery_.mutable_recorded_time() = ToTimestamp(absl::FromUnixSeconds(1614265330));
    recipient_.address = Sensitive<std::string>("https://mis.example/hook");
    recipient_.secrets.emplace_back("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  }

  SendResult Send() {
    return channel_.Send({.delivery = delivery_,
                          .recipient = recipient_,
                          .subject = "s",
                          .text = "t",
                          .now = absl::FromUnixSeconds(1614265331)});
  }

  apdr::testing::ScriptedHttp http_;
  WebhookChannel channel_;
  query::v1::Delivery delivery_;
  Recipient recipient_;
};

TEST_F(WebhookChannelTest, SendsASignedThinNotice) {
  http_.Answer(204);
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_DELIVERED);
  ASSERT_THAT(http_.requests, SizeIs(1));
  const HttpRequest& request = http_.requests[0];
  EXPECT_EQ(request.url, "https://mis.example/hook");
  EXPECT_TRUE(request.public_only);
  EXPECT_THAT(request.headers, Contains("webhook-id: d1"));
  EXPECT_THAT(request.headers, Contains("webhook-timestamp: 1614265331"));
  EXPECT_THAT(request.headers,
              Contains("webhook-signature: " +
                       WebhookSignature(recipient_.secrets,
                                        {.id = "d1", .timestamp = 1614265331, .body = request.body})
                           .value()));
  EXPECT_EQ(nlohmann::json::parse(request.body), nlohmann::json::parse(R"({
    "type": "uk.gov.apdr.sen.review-overdue.v1", "timestamp": "2021-02-25T15:02:10Z",
    "data": {"notice_id": "n1", "tenant_id": "t1", "case_id": "c1", "setting_id": "URN:1",
             "event_type": "apdr.sen.v1.ReviewOverdue", "occurred_on": "2026-02-09",
             "recorded_time": "2021-02-25T15:02:10Z", "shard": 0, "position": 0,
             "due_on": "2026-02-06", "level": 2}})"));
}

TEST_F(WebhookChannelTest, SaysWhatAnAnswerMeans) {
  const std::vector<std::pair<int, query::v1::AttemptOutcome>> meanings = {
      {200, query::v1::ATTEMPT_OUTCOME_DELIVERED}, {301, query::v1::ATTEMPT_OUTCOME_FAILED},
      {400, query::v1::ATTEMPT_OUTCOME_FAILED},    {410, query::v1::ATTEMPT_OUTCOME_GONE},
      {429, query::v1::ATTEMPT_OUTCOME_SLOWED},    {500, query::v1::ATTEMPT_OUTCOME_FAILED},
      {503, query::v1::ATTEMPT_OUTCOME_SLOWED}};
  for (const auto& [status, outcome] : meanings) {
    http_.Answer(status, "", absl::Seconds(7));
    const SendResult result = Send();
    EXPECT_EQ(result.outcome, outcome) << status;
    EXPECT_EQ(result.retry_after, absl::Seconds(7));
    EXPECT_THAT(result.detail, HasSubstr(std::to_string(status)));
  }
}

TEST_F(WebhookChannelTest, KnowsWhatMayHaveArrived) {
  http_.answers.emplace_back(absl::DeadlineExceededError("timeout"));
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_UNKNOWN);
  http_.answers.emplace_back(absl::PermissionDeniedError("not public"));
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_FAILED);
}

}  // namespace
}  // namespace apdr::notify
