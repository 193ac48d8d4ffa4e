// Events that do not read back: whom they stop, and whom not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/subscription/dispatcher.h"
#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::PlayedMember;
using apdr::testing::SubscriptionWorld;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kSetting[] = "north";

class DamageTest : public ::testing::Test {
 protected:
  // An event of a loan that nobody has heard of.
  static void Damage(SubscriptionWorld& world, std::uint64_t loan,
                     const std::string& tenant = "t1") {
    eventstore::Commit damaged;
    damaged.stream = apdr::testing::Loan(loan, tenant);
    damaged.first_version = CaseVersion(1);
    damaged.request_id = RequestId(absl::StrCat("damage-", loan));
    damaged.events = {"not an event"};
    ASSERT_TRUE(world.store.Append({&damaged, 1}).ok());
  }
  static v1::CreateSubscriptionRequest AFiltered(const std::string& name,
                                                 v1::StartFrom from = v1::START_FROM_BEGINNING) {
    auto request = SubscriptionWorld::ARequestFor(name, from);
    request.mutable_subscription()->mutable_filter()->add_setting_ids(kSetting);
    return request;
  }
  static void AcknowledgeAll(SubscriptionWorld& world, PlayedMember& member) {
    for (const v1::Delivery& delivery : member.deliveries) member.Acknowledge(delivery);
    world.Settle();
  }
};

TEST_F(DamageTest, EndsOnlyTheCallsThatMeetIt) {
  SubscriptionWorld world(1);
  world.Create(SubscriptionWorld::ARequestFor("reminders"));
  Damage(world, 1);
  world.Create(SubscriptionWorld::ARequestFor("later", v1::START_FROM_NOW));
  world.Append(2);
  const auto meets = world.Join("m1");
  const auto unharmed = world.Join("m1", "later");
  world.Settle();
  EXPECT_EQ(ReasonOf(*meets), "STORE_DAMAGED");
  EXPECT_THAT(Positions(*unharmed), ElementsAre(2));
}

TEST_F(DamageTest, EndsACallOnceAllBeforeItIsDone) {
  SubscriptionWorld world(1);
  world.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (const std::uint64_t loan : {1U, 1U}) world.Append(loan);
  Damage(world, 2);
  world.Append(3);
  const auto member = world.Join("m1");
  world.Settle();
  EXPECT_THAT(Positions(*member), ElementsAre(1));
  EXPECT_EQ(ReasonOf(*member), "none") << "it has something in hand";
  AcknowledgeAll(world, *member);
  EXPECT_THAT(Positions(*member), ElementsAre(1, 2));

  AcknowledgeAll(world, *member);

  EXPECT_EQ(ReasonOf(*member), "STORE_DAMAGED");
  EXPECT_EQ(world.Status().shards(0).acknowledged_position(), 2U);
}

// The log reads back, but where the case was does not.
TEST_F(DamageTest, StopsNoOtherHeldCase) {
  SubscriptionWorld world(1);
  world.Create(AFiltered("reminders"));
  for (const std::uint64_t loan : {1U, 2U}) {
    world.Append(loan, SubscriptionWorld::kLent, kSetting);
  }
  const auto first = world.Join("m1");
  world.Settle();
  ASSERT_THAT(Positions(*first), ElementsAre(1, 2));
  for (const auto& delivery : first->deliveries) first->Nack(delivery, v1::NACK_ACTION_PARK);
  world.Settle();
  readmodel::Write write;
  write.puts.push_back(
      {.key = PlaceKey(apdr::testing::Loan(1, "t1"), Position(1)), .value = "\xff"});
  ASSERT_TRUE(world.model.Apply(write).ok());

  EXPECT_THAT(world.RetryAll(), SizeIs(2));
  world.Settle();

  EXPECT_THAT(Positions(*first), ElementsAre(1, 2, 2));
  first->Acknowledge(first->deliveries.back());
  world.Settle();
  EXPECT_EQ(ReasonOf(*first), "none") << "the shard goes on";
  EXPECT_FALSE(first->caught_up);
  EXPECT_TRUE(world.Status().shards(0).damaged());
  world.Append(2);
  world.Settle();
  EXPECT_THAT(Positions(*first), ElementsAre(1, 2, 2, 3));
}

TEST_F(DamageTest, StopsNoOtherShard) {
  SubscriptionWorld world(2);
  Damage(world, 1);
  const Shard damaged = ShardOf(apdr::testing::Loan(1, "t1").case_id, 2);
  std::size_t elsewhere = 0;
  for (std::uint64_t loan = 2; loan <= 20; ++loan) {
    if (world.Append(loan, SubscriptionWorld::kLent, kSetting).shard() != damaged.value()) {
      ++elsewhere;
    }
  }
  ASSERT_GT(elsewhere, 0U);
  world.Create(SubscriptionWorld::ARequestFor("whole"));
  world.Create(AFiltered("filtered"));

  for (const char* name : {"whole", "filtered"}) {
    const auto member = world.Join("m1", name);
    world.Settle();
    EXPECT_THAT(member->deliveries, SizeIs(elsewhere)) << name;
    AcknowledgeAll(world, *member);
    EXPECT_EQ(ReasonOf(*member), "none") << name;
    const v1::SubscriptionStatus status = world.Status(name);
    for (const v1::ShardStatus& shard : status.shards()) {
      EXPECT_EQ(shard.damaged(), shard.shard() == damaged.value()) << name;
    }
  }
}

// Else the shard would go from member to member and put out one after the other.
TEST_F(DamageTest, EndsNoCallOfAMemberWithAnotherShard) {
  SubscriptionWorld world(2);
  Damage(world, 1);
  const Shard damaged = ShardOf(apdr::testing::Loan(1, "t1").case_id, 2);
  world.Create(SubscriptionWorld::ARequestFor("reminders"));
  const std::vector members = {world.Join("m1"), world.Join("m2")};
  world.Settle();
  const bool is_first = ReasonOf(*members[0]) == "STORE_DAMAGED";
  const PlayedMember& left = *members[is_first ? 1 : 0];
  EXPECT_EQ(ReasonOf(*members[is_first ? 0 : 1]), "STORE_DAMAGED") << "it had nothing else";
  EXPECT_EQ(ReasonOf(left), "none");
  EXPECT_EQ(left.assignment.shards_size(), 2);

  std::uint64_t loan = 2;
  while (ShardOf(apdr::testing::Loan(loan, "t1").case_id, 2) == damaged) ++loan;
  world.Append(loan);
  world.Settle();

  EXPECT_THAT(left.deliveries, SizeIs(1));
}

TEST_F(DamageTest, IsLoggedOnceForEachShard) {
  SubscriptionWorld world(2);
  std::uint64_t loan = 1;
  Damage(world, loan);
  const auto shard_of = [](std::uint64_t one) {
    return ShardOf(apdr::testing::Loan(one, "t1").case_id, 2);
  };
  while (shard_of(loan) == shard_of(1)) ++loan;
  world.Create(SubscriptionWorld::ARequestFor("reminders"));
  ::testing::internal::CaptureStderr();
  world.Join("m1");
  world.Settle();
  Damage(world, loan);
  world.Settle();
  world.Join("m1");
  world.Settle();
  const std::string log = ::testing::internal::GetCapturedStderr();

  for (const Shard shard : {shard_of(1), shard_of(loan)}) {
    const std::string line = absl::StrCat("shard=", shard.value(), " reason=");
    const auto first = log.find(line);
    ASSERT_NE(first, std::string::npos) << log;
    EXPECT_EQ(log.find(line, first + 1), std::string::npos) << log;
  }
}

// The places of all tenants are folded together.
TEST_F(DamageTest, StopsAFilteredSubscriptionNoSoonerThanItGetsThere) {
  SubscriptionWorld world(1);
  world.Create(AFiltered("before"));
  world.Append(1, SubscriptionWorld::kLent, kSetting);
  world.Append(2, SubscriptionWorld::kLent, kSetting);
  Damage(world, 3, "t2");
  world.Create(AFiltered("behind", v1::START_FROM_NOW));
  world.Append(4, SubscriptionWorld::kLent, kSetting);
  const auto before = world.Join("m1", "before");
  const auto behind = world.Join("m1", "behind");
  world.Settle();

  EXPECT_THAT(Positions(*before), ElementsAre(1, 2));
  EXPECT_EQ(ReasonOf(*before), "none");
  EXPECT_EQ(ReasonOf(*behind), "STORE_DAMAGED") << "nobody knows where the case is";
  AcknowledgeAll(world, *before);
  EXPECT_EQ(ReasonOf(*before), "STORE_DAMAGED");
  EXPECT_EQ(world.Status("before").shards(0).acknowledged_position(), 2U);
}

}  // namespace
}  // namespace apdr::subscription
