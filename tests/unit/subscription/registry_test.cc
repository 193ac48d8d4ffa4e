#include "services/subscription/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::SubscriptionWorld;
using ::testing::HasSubstr;

class SubscriptionRegistryTest : public ::testing::Test {
 protected:
  absl::Status OpenOnAnEmptyLog(std::uint32_t shards = 1) {
    eventstore::MemoryEventStore empty(shards);
    return SubscriptionRegistry::Open(empty, world_.model).status();
  }

  SubscriptionWorld world_{1};
};

TEST_F(SubscriptionRegistryTest, DoesNotOpenOnALogThatIsOlderThanWhatWasAcknowledged) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto member = world_.Join("m1");
  world_.Settle();
  member->Acknowledge(member->deliveries.at(0));
  world_.Settle();
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenOnAnEmptyLog()));
  EXPECT_THAT(std::string(OpenOnAnEmptyLog().message()), HasSubstr("the log ends at 0"));
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenOnAnEmptyLog(/*shards=*/2)));
}

// What a held case has seen may lie beyond what is acknowledged.
TEST_F(SubscriptionRegistryTest, DoesNotOpenOnALogThatIsOlderThanWhatIsHeld) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  ASSERT_TRUE(OpenOnAnEmptyLog().ok());
  const auto put = [&](const v1::HeldCase& held) {
    readmodel::Write write;
    write.puts.push_back(
        {.key = HeldKey({TenantId("t1"), "reminders"}, Shard(0), CaseId(held.case_id())),
         .value = held.SerializeAsString()});
    ASSERT_TRUE(world_.model.Apply(write).ok());
  };
  v1::HeldCase failed;
  failed.set_case_id("a");
  failed.mutable_event()->set_position(7);
  put(failed);
  EXPECT_THAT(std::string(OpenOnAnEmptyLog().message()),
              HasSubstr("has seen position 7 of shard 0"));

  v1::HeldCase done;
  done.set_case_id("a");
  done.set_done_position(8);
  put(done);
  EXPECT_THAT(std::string(OpenOnAnEmptyLog().message()),
              HasSubstr("has seen position 8 of shard 0"));
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenOnAnEmptyLog()));
}

TEST_F(SubscriptionRegistryTest, DoesNotOpenOnARowThatDoesNotReadBack) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  readmodel::Write write;
  write.puts.push_back({.key = ShardKey({TenantId("t1"), "reminders"}, Shard(0)), .value = "\xff"});
  ASSERT_TRUE(world_.model.Apply(write).ok());
  EXPECT_TRUE(absl::IsDataLoss(world_.TryOpen().status()));
}

}  // namespace
}  // namespace apdr::subscription
