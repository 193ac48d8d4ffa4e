#include "services/client/subscription_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::client {
namespace {

using subscription::v1::ParkedEvent;
using subscription::v1::ShardStatus;
using subscription::v1::SubscriptionStatus;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'770'282'000);  // 2026-02-05T09:00:00Z

SubscriptionStatus AStatus() {
  SubscriptionStatus status;
  status.mutable_subscription()->set_name("reminders");
  status.mutable_subscription()->mutable_filter()->add_event_types("apdr.sen.v1.ReviewOverdue");
  status.mutable_subscription()->mutable_created_time()->set_seconds(1'770'282'000);
  status.mutable_subscription()->set_created_by("p-17");
  status.set_lag(7);
  status.set_parked_count(1);
  status.set_held_count(3);
  status.mutable_oldest_parked_time()->set_seconds(1'770'282'000 - 3 * 3600 - 59);
  ShardStatus& shard = *status.add_shards();
  shard.set_acknowledged_position(40);
  shard.set_durable_position(47);
  shard.set_member_id("worker-1");
  shard.set_held_count(12);
  return status;
}

TEST(RenderSubscription, ShowsHowFarItIsAndHowOldWhatIsParkedIs) {
  const std::string text = RenderSubscription(AStatus(), kNow);
  EXPECT_THAT(text, HasSubstr("Event types    ReviewOverdue"));
  EXPECT_THAT(text, HasSubstr("Settings       all"));
  EXPECT_THAT(text, HasSubstr("Created        2026-02-05 09:00:00Z by p-17"));
  EXPECT_THAT(text, HasSubstr("Members        none"));
  EXPECT_THAT(text, HasSubstr("Behind by      7 positions"));
  EXPECT_THAT(text, HasSubstr("Held back      3 cases"));
  EXPECT_THAT(text, HasSubstr("Oldest parked  3h"));
  EXPECT_THAT(text, ContainsRegex("in flight +held"));
  EXPECT_THAT(text, ContainsRegex("worker-1 +0 +12"));
  EXPECT_THAT(text, HasSubstr("worker-1"));
}

TEST(RenderSubscription, SaysWhichShardsAreDamaged) {
  SubscriptionStatus status = AStatus();
  EXPECT_THAT(RenderSubscription(status, kNow), Not(HasSubstr("Damaged")));
  status.mutable_shards(0)->set_damaged(true);
  EXPECT_THAT(RenderSubscription(status, kNow), HasSubstr("Damaged        shard 0; see"));
  ShardStatus& other = *status.add_shards();
  other.set_shard(7);
  other.set_damaged(true);
  EXPECT_THAT(RenderSubscription(status, kNow), HasSubstr("Damaged        shards 0, 7; see"));
}

TEST(RenderSubscriptions, HasALineForEach) {
  EXPECT_THAT(RenderSubscriptions({AStatus()}, kNow),
              ContainsRegex("held.*\n.*reminders +7 +0 +3 +0 +1 +3h"));
  EXPECT_EQ(RenderSubscriptions({}, kNow), "No subscriptions.\n");
}

TEST(RenderParked, ShowsThePlaceThatRetryAndSkipTake) {
  ParkedEvent event;
  event.set_shard(3);
  event.set_position(120);
  event.set_event_type("apdr.sen.v1.ReviewOverdue");
  event.set_state(subscription::v1::PARKED_STATE_SKIPPED);
  event.set_cause("HTTP_503");
  event.mutable_decision()->set_actor_id("p-3");
  event.mutable_decision()->set_reason("told\nby telephone");
  const std::string text = RenderParked({event});
  EXPECT_THAT(text, HasSubstr("3/120  skipped  ReviewOverdue"));
  EXPECT_THAT(text, HasSubstr("HTTP_503"));
  EXPECT_THAT(text, HasSubstr("told by telephone"));
  EXPECT_EQ(RenderParked({}), "Nothing is parked.\n");
  EXPECT_THAT(text, Not(HasSubstr("apdr.sen")));
}

}  // namespace
}  // namespace apdr::client
