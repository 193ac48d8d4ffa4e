#include "services/notify/text_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::notify {
namespace {

using ::testing::HasSubstr;

query::v1::Delivery ADelivery() {
  query::v1::Delivery delivery;
  delivery.set_case_id("018f2222-0000-7000-8000-0000000ca001");
  delivery.set_setting_id("URN:199001");
  delivery.set_event_type("apdr.sen.v1.ReviewOverdue");
  delivery.set_due_on("2026-02-06");
  delivery.set_occurred_on("2026-02-09");
  delivery.set_level(2);
  return delivery;
}

TEST(TextTemplate, FillsInWhatANoticeSays) {
  const auto text = TextTemplate::Parse(
      "{event}: {case} of {setting}, due {due_on}, {days} days, level {level}, {occurred_on}, "
      "{link}");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->Render(ADelivery(), "https://x/1"),
            "review overdue: 0000000ca001 of URN:199001, due 2026-02-06, 3 days, level 2, "
            "2026-02-09, https://x/1");
}

TEST(TextTemplate, HasNoPlaceForAPerson) {
  for (const char* text : {"{name}", "{given_name}", "{actor}", "{}"}) {
    const auto parsed = TextTemplate::Parse(text);
    EXPECT_THAT(parsed.status().message(), HasSubstr("nothing about a person")) << text;
  }
  for (const char* text : {"{event", "event}", "{event}}"}) {
    EXPECT_THAT(TextTemplate::Parse(text).status().message(), HasSubstr("has no partner")) << text;
  }
}

TEST(TextTemplate, LetsNothingFromTheLogBeginALine) {
  query::v1::Delivery delivery = ADelivery();
  delivery.set_setting_id("URN:1\r\nBcc: x@example.org");
  EXPECT_EQ(TextTemplate::Parse("{setting}")->Render(delivery, ""), "URN:1Bcc: x@example.org");
}

TEST(TextTemplate, LeavesDaysOutWhereNothingIsDue) {
  query::v1::Delivery delivery = ADelivery();
  delivery.clear_due_on();
  EXPECT_EQ(TextTemplate::Parse("[{days}]")->Render(delivery, ""), "[]");
}

TEST(WebhookType, IsReverseDnsWithTheVersionLast) {
  EXPECT_EQ(WebhookType("apdr.sen.v1.ReviewOverdue"), "uk.gov.apdr.sen.review-overdue.v1");
  EXPECT_EQ(WebhookType("ReviewOverdue"), "review-overdue");
}

}  // namespace
}  // namespace apdr::notify
