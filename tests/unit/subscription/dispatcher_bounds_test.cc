// What callers can pile up in the dispatcher, and how much of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/subscription/dispatcher.h"
#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::PlayedMember;
using apdr::testing::SubscriptionWorld;

class DispatcherBoundsTest : public ::testing::Test {
 protected:
  SubscriptionWorld world_{1};
};

TEST_F(DispatcherBoundsTest, EndsTheCallOfAMemberThatReadsNoRefusals) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto member = world_.Join("m1");
  world_.Settle();
  v1::Delivery stale = member->deliveries.at(0);
  stale.set_generation(stale.generation() + 1);
  member->can_send = false;

  for (std::size_t i = 0; i < kRefusalsMax; ++i) member->Acknowledge(stale);
  world_.Settle();
  EXPECT_EQ(ReasonOf(*member), "none");
  member->Acknowledge(stale);
  world_.Settle();

  EXPECT_EQ(ReasonOf(*member), "OVERLOADED");
}

TEST_F(DispatcherBoundsTest, EndsACallThatDoesNotJoin) {
  const auto silent = std::make_shared<PlayedMember>(SubscriptionWorld::Caller());
  world_.dispatcher->Add(silent);
  world_.Settle();
  world_.clock.AdvanceTo(world_.clock.Now() + kJoinWithin - absl::Milliseconds(1));
  world_.Settle();
  EXPECT_FALSE(silent->ended);

  world_.clock.AdvanceTo(world_.clock.Now() + absl::Milliseconds(1));
  world_.Settle();

  EXPECT_EQ(ReasonOf(*silent), "FIELD_REQUIRED");
}

TEST_F(DispatcherBoundsTest, TakesNoMoreMembersThanItsLimit) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (std::size_t i = 0; i < kMembersMax; ++i) world_.Join(absl::StrCat("m", i));
  const auto one_more = world_.Join("late");
  world_.Settle();
  EXPECT_EQ(ReasonOf(*one_more), "SUBSCRIPTION_LIMIT");
}

TEST_F(DispatcherBoundsTest, TakesNoMoreCallsThanItsLimit) {
  const auto post = [&] {
    return world_.dispatcher->Post(
        [](Operations&) { return [](const absl::Status& stored) { EXPECT_TRUE(stored.ok()); }; });
  };
  for (std::size_t i = 0; i < kCallsMax; ++i) ASSERT_TRUE(post());
  EXPECT_FALSE(post());
  world_.Settle();
  EXPECT_TRUE(post());
}

}  // namespace
}  // namespace apdr::subscription
