#include "services/subscription/group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace apdr::subscription {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ConsumerGroup AGroup(std::uint32_t shards) {
  std::vector<ConsumerGroup::StoredShard> stored;
  for (std::uint32_t i = 0; i < shards; ++i) {
    stored.push_back(
        {.ledger = ShardLedger(Shard(i), LedgerLimits(), Position(0), {}), .generation = 0});
  }
  return ConsumerGroup(std::move(stored));
}

// An event of the shard that its owner has in hand.
void PutInFlight(ConsumerGroup& group, Shard shard, absl::Duration since = absl::ZeroDuration()) {
  event::v1::Event event;
  event.set_case_id("a");
  event.set_version(1);
  event.set_position(1);
  group.ledger(shard).Offer(std::make_shared<const event::v1::Event>(event));
  ASSERT_EQ(group.ledger(shard).Deliver(since, 1).size(), 1U);
}

TEST(ConsumerGroup, MovesAShardOnlyWhenNothingOfItIsInFlight) {
  ConsumerGroup group = AGroup(2);
  group.Join("a");
  group.Rebalance();
  PutInFlight(group, Shard(1));

  group.Join("b");
  group.Rebalance();

  EXPECT_EQ(group.owner(Shard(1)), "a");
  EXPECT_FALSE(group.IsOpen(Shard(1))) << "it gets no more of what it is to give away";
  EXPECT_TRUE(group.IsOpen(Shard(0)));
  ASSERT_TRUE(group.ledger(Shard(1)).Acknowledge(1));
  group.Rebalance();
  EXPECT_EQ(group.owner(Shard(1)), "b");
}

TEST(ConsumerGroup, GivesWhatAMemberLeavesBehindToTheOthersUnderAnotherGeneration) {
  ConsumerGroup group = AGroup(1);
  group.Join("a");
  group.Rebalance();
  PutInFlight(group, Shard(0));
  const std::uint64_t before = group.generation(Shard(0));
  group.Join("b");
  group.Leave("a");
  group.Rebalance();

  EXPECT_EQ(group.owner(Shard(0)), "b");
  EXPECT_GT(group.generation(Shard(0)), before);
  EXPECT_FALSE(group.Has("a", Shard(0), before));
  EXPECT_TRUE(group.Has("b", Shard(0), group.generation(Shard(0))));
  EXPECT_FALSE(group.Has("b", Shard(0), before));
  EXPECT_FALSE(group.Has("b", Shard(9), 1)) << "there is no such shard";
  EXPECT_TRUE(group.TakeGenerationChanged(Shard(0)));
  EXPECT_FALSE(group.TakeGenerationChanged(Shard(0)));
}

TEST(ConsumerGroup, NamesThoseWhoseShardsChanged) {
  ConsumerGroup group = AGroup(2);
  group.Join("a");
  group.Rebalance();
  EXPECT_THAT(group.TakeReassigned(), ElementsAre("a"));
  EXPECT_THAT(group.TakeReassigned(), IsEmpty());
  group.Join("b");
  group.Join("c");
  group.Rebalance();
  EXPECT_THAT(group.TakeReassigned(), ElementsAre("a", "b", "c")) << "c hears that it has none";
  EXPECT_EQ(group.AssignmentOf("a").shards_size(), 1);
  EXPECT_EQ(group.AssignmentOf("c").shards_size(), 0);
}

TEST(ConsumerGroup, NamesThoseWhoKeepAnEventTooLong) {
  ConsumerGroup group = AGroup(2);
  group.Join("a");
  group.Rebalance();
  PutInFlight(group, Shard(0), absl::Seconds(10));
  EXPECT_THAT(group.Overdue(absl::Seconds(10)), IsEmpty());
  EXPECT_THAT(group.Overdue(absl::Seconds(11)), ElementsAre("a"));
}

}  // namespace
}  // namespace apdr::subscription
