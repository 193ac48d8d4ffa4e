#include "services/notify/govuk_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/notify/scripted_http.h"

namespace apdr::notify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kKey[] =
    "test-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";

class GovukChannelTest : public ::testing::Test {
 protected:
  GovukChannelTest()
      : channel_(http_, {.url = "https://notify.example",
                         .api_key = Sensitive<std::string>(kKey),
                         .email_template_id = "template-e",
                         .sms_template_id = "template-s"}) {
    delivery_.set_delivery_id("d1");
    delivery_.set_case_id("c1");
    delivery_.set_event_type("apdr.sen.v1.ReviewOverdue");
    recipient_.way = Way::kGovukEmail;
    recipient_.address = Sensitive<std::string>("senco@example.org");
  }

  SendResult Send(bool may_have_arrived = false) {
    return channel_.Send({.delivery = delivery_,
                          .recipient = recipient_,
                          .subject = "Review overdue",
                          .text = "Sign in.",
                          .now = absl::FromUnixSeconds(1568818578),
                          .may_have_arrived = may_have_arrived});
  }

  apdr::testing::ScriptedHttp http_;
  GovukChannel channel_;
  query::v1::Delivery delivery_;
  Recipient recipient_;
};

// The signature was made with Python's hmac.
TEST(GovukToken, IsAJsonWebTokenOfTheServiceSignedWithTheSecret) {
  EXPECT_EQ(GovukToken(Sensitive<std::string>(kKey), absl::FromUnixSeconds(1568818578)).value(),
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."
            "eyJpc3MiOiIyNjc4NWEwOS1hYjE2LTRlYjAtODQwNy1hMzc0OTdhNTc1MDYiLCJpYXQiOjE1Njg4MTg1Nzh9."
            "YT_aQYNif0l3HaPwy62Cj9g0qsYzjnj1K5pLwkELiFw");
}

TEST(GovukToken, RefusesWhatIsNoKey) {
  for (const char* key : {"", "short", "26785a09-ab16-4eb0-8407-a37497a57506"}) {
    EXPECT_FALSE(GovukToken(Sensitive<std::string>(key), absl::UnixEpoch()).ok()) << key;
  }
}

TEST_F(GovukChannelTest, SendsByTemplateUnderTheDeliverysReference) {
  http_.Answer(201, R"({"id": "740e5834-3a29-46b4-9a6f-16142fde533a"})");
  const SendResult result = Send();
  EXPECT_EQ(result.outcome, query::v1::ATTEMPT_OUTCOME_DELIVERED);
  EXPECT_EQ(result.provider_id, "740e5834-3a29-46b4-9a6f-16142fde533a");
  ASSERT_THAT(http_.requests, SizeIs(1));
  EXPECT_EQ(http_.requests[0].url, "https://notify.example/v2/notifications/email");
  EXPECT_THAT(http_.requests[0].headers, Contains(StartsWith("Authorization: Bearer eyJ")));
  EXPECT_EQ(nlohmann::json::parse(http_.requests[0].body), nlohmann::json::parse(R"({
    "email_address": "senco@example.org", "template_id": "template-e", "reference": "d1",
    "personalisation": {"subject": "Review overdue", "text": "Sign in.", "case_id": "c1",
                        "event": "review overdue", "due_on": ""}})"));
}

TEST_F(GovukChannelTest, SendsTexts) {
  recipient_.way = Way::kGovukSms;
  recipient_.address = Sensitive<std::string>("+447900900123");
  http_.Answer(201, "{}");
  EXPECT_EQ(Send().outcome, query::v1::ATTEMPT_OUTCOME_DELIVERED);
  EXPECT_EQ(http_.requests[0].url, "https://notify.example/v2/notifications/sms");
  const auto body = nlohmann::json::parse(http_.requests[0].body);
  EXPECT_EQ(body["phone_number"], "+447900900123");
  EXPECT_EQ(body["template_id"], "template-s");
}

TEST_F(GovukChannelTest, SaysWhatAnAnswerMeansAndNothingOfWhatItRepeats) {
  const std::vector<std::pair<int, query::v1::AttemptOutcome>> meanings = {
      {400, query::v1::ATTEMPT_OUTCOME_REFUSED}, {401, query::v1::ATTEMPT_OUTCOME_FAILED},
      {403, query::v1::ATTEMPT_OUTCOME_FAILED},  {429, query::v1::ATTEMPT_OUTCOME_SLOWED},
      {404, query::v1::ATTEMPT_OUTCOME_FAILED},  {500, query::v1::ATTEMPT_OUTCOME_UNKNOWN},
      {503, query::v1::ATTEMPT_OUTCOME_UNKNOWN}};
  for (const auto& [status, outcome] : meanings) {
    http_.Answer(status,
                 R"({"status_code": 0, "errors": [{"error": "ValidationError",
                     "message": "senco@example.org is not a valid email address"}]})");
    const SendResult result = Send();
    EXPECT_EQ(result.outcome, outcome) << status;
    EXPECT_THAT(result.detail, HasSubstr("ValidationError"));
    EXPECT_THAT(result.detail, Not(HasSubstr("@")));
  }
}

TEST_F(GovukChannelTest, AsksBeforeItSendsAgainWhatMayHaveArrived) {
  http_.Answer(200, R"({"notifications": [{"id": "m1"}], "links": {}})");
  const SendResult arrived = Send(/*may_have_arrived=*/true);
  EXPECT_EQ(arrived.outcome, query::v1::ATTEMPT_OUTCOME_DELIVERED);
  EXPECT_EQ(arrived.provider_id, "m1");
  ASSERT_THAT(http_.requests, SizeIs(1));
  EXPECT_EQ(http_.requests[0].method, "GET");
  EXPECT_EQ(http_.requests[0].url, "https://notify.example/v2/notifications?reference=d1");

  http_.Answer(200, R"({"notifications": []})");
  http_.Answer(201, R"({"id": "m2"})");
  EXPECT_EQ(Send(/*may_have_arrived=*/true).provider_id, "m2");
  EXPECT_THAT(http_.requests, SizeIs(3));
}

TEST_F(GovukChannelTest, SendsNothingWhileItCannotAsk) {
  http_.Answer(500, "");
  EXPECT_EQ(Send(/*may_have_arrived=*/true).outcome, query::v1::ATTEMPT_OUTCOME_FAILED);
  EXPECT_THAT(http_.requests, SizeIs(1));
}

}  // namespace
}  // namespace apdr::notify
