#include "services/subscription/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::PlayedMember;
using apdr::testing::SubscriptionWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DispatcherTest : public ::testing::Test {
 protected:
  void AcknowledgeAll(PlayedMember& member) {
    for (; answered_[&member] < member.deliveries.size(); ++answered_[&member]) {
      member.Acknowledge(member.deliveries[answered_[&member]]);
    }
    world_.Settle();
  }

  SubscriptionWorld world_{1};
  std::map<const PlayedMember*, std::size_t> answered_;
};

TEST_F(DispatcherTest, GoesOnAfterARestartWithWhatWasNotAcknowledged) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (std::uint64_t loan = 1; loan <= 3; ++loan) world_.Append(loan);
  const auto before = world_.Join("m1");
  world_.Settle();
  ASSERT_THAT(Positions(*before), ElementsAre(1, 2, 3));
  before->Acknowledge(before->deliveries[1]);
  world_.Settle();

  world_.Restart();
  const auto after = world_.Join("m1");
  world_.Settle();

  EXPECT_THAT(Positions(*after), ElementsAre(3));
  ASSERT_THAT(after->assignment.shards(), SizeIs(1));
  EXPECT_EQ(after->assignment.shards(0).acknowledged_position(), 2U);
  EXPECT_GT(after->assignment.shards(0).generation(), before->assignment.shards(0).generation());
}

TEST_F(DispatcherTest, StartsWhereItIsToldTo) {
  for (std::uint64_t loan = 1; loan <= 3; ++loan) world_.Append(loan);
  auto after_two = SubscriptionWorld::ARequestFor("after-two", v1::START_FROM_POSITIONS);
  after_two.mutable_subscription()->add_start_positions()->set_position(2);
  world_.Create(after_two);
  world_.Create(SubscriptionWorld::ARequestFor("from-now", v1::START_FROM_NOW));
  world_.Append(4);

  const auto positions = world_.Join("m1", "after-two");
  const auto now = world_.Join("m1", "from-now");
  world_.Settle();

  EXPECT_THAT(Positions(*positions), ElementsAre(3, 4));
  EXPECT_THAT(Positions(*now), ElementsAre(4));
}

TEST_F(DispatcherTest, SaysThatItHasCaughtUpAndGoesOnLive) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto member = world_.Join("m1");
  world_.Settle();
  EXPECT_FALSE(member->caught_up);
  AcknowledgeAll(*member);
  EXPECT_TRUE(member->caught_up);

  world_.Append(1);
  world_.Settle();

  EXPECT_FALSE(member->caught_up);
  EXPECT_THAT(Positions(*member), ElementsAre(1, 2));
}

TEST_F(DispatcherTest, FiltersByTypeAndByWhereTheCaseWasThen) {
  auto request = SubscriptionWorld::ARequestFor("reminders");
  auto& filter = *request.mutable_subscription()->mutable_filter();
  filter.add_event_types(SubscriptionWorld::kLent);
  filter.add_setting_ids("north");
  world_.Append(1, SubscriptionWorld::kLent, "north");  // 1: wanted.
  world_.Append(1, SubscriptionWorld::kRenewed);        // 2: of another type.
  world_.Append(2, SubscriptionWorld::kLent, "south");  // 3: elsewhere.
  world_.Append(1, SubscriptionWorld::kLent, "south");  // 4: it has gone.
  world_.Append(2, SubscriptionWorld::kLent, "north");  // 5: wanted, it has come.
  world_.Append(3, SubscriptionWorld::kLent);           // 6: nobody knows where it is.
  world_.Append(4, SubscriptionWorld::kLent, "north", "t2");
  world_.Create(request);
  const auto member = world_.Join("m1");
  world_.Settle();

  EXPECT_THAT(Positions(*member), ElementsAre(1, 5));
  AcknowledgeAll(*member);
  EXPECT_EQ(world_.Status().lag(), 0U);
}

TEST_F(DispatcherTest, ShowsATenantNeitherEventsNorSubscriptionsOfAnother) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto stranger = world_.Join("m1", "reminders", "t2");
  world_.Settle();
  EXPECT_EQ(ReasonOf(*stranger), "SUBSCRIPTION_UNKNOWN");
  EXPECT_THAT(stranger->deliveries, IsEmpty());
}

TEST_F(DispatcherTest, ParksRetriesAndSkips) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (const std::uint64_t loan : {1U, 2U, 1U, 2U}) world_.Append(loan);
  const auto member = world_.Join("m1");
  world_.Settle();
  ASSERT_THAT(Positions(*member), ElementsAre(1, 2));
  for (const v1::Delivery& delivery : member->deliveries) {
    member->Nack(delivery, v1::NACK_ACTION_PARK);
  }
  world_.Settle();
  EXPECT_TRUE(member->caught_up) << "what is parked comes not by itself";
  ASSERT_THAT(world_.Parked(), SizeIs(2));
  EXPECT_EQ(world_.Parked()[0].cause(), "HTTP_503");
  EXPECT_EQ(world_.Status().parked_count(), 2U);
  EXPECT_TRUE(world_.Status().has_oldest_parked_time());

  EXPECT_THAT(world_.Skip(0, 1), SizeIs(1));
  EXPECT_THAT(world_.Skip(0, 1), IsEmpty()) << "a repeat changes nothing";
  EXPECT_THAT(world_.RetryAll(), SizeIs(1));
  world_.Settle();

  EXPECT_THAT(Positions(*member), ElementsAre(1, 2, 3, 2));
  answered_[member.get()] = 2;
  AcknowledgeAll(*member);
  EXPECT_THAT(Positions(*member), ElementsAre(1, 2, 3, 2, 4));
  AcknowledgeAll(*member);
  EXPECT_THAT(world_.Parked(), IsEmpty());
  const auto skipped = world_.Parked(v1::PARKED_STATE_SKIPPED);
  ASSERT_THAT(skipped, SizeIs(1));
  EXPECT_EQ(skipped[0].position(), 1U);
  EXPECT_EQ(skipped[0].decision().actor_id(), "p-17");
  EXPECT_EQ(skipped[0].decision().reason(), "told by telephone instead");
}

// Positions alone would say that all is done: whoever goes on after them elsewhere would lose 3
// and 4.
TEST_F(DispatcherTest, ShowsWhatIsHeldAlsoWhileNobodyIsThere) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (const std::uint64_t loan : {1U, 2U, 1U, 1U}) world_.Append(loan);
  const auto member = world_.Join("m1");
  world_.Settle();
  member->Nack(member->deliveries.at(0), v1::NACK_ACTION_PARK);
  member->Acknowledge(member->deliveries.at(1));
  member->ended = true;
  world_.Settle();
  EXPECT_EQ(world_.Status().held_count(), 1U);

  EXPECT_THAT(world_.Skip(0, 1), SizeIs(1));
  world_.Settle();

  EXPECT_EQ(world_.Status().lag(), 0U);
  EXPECT_EQ(world_.Status().parked_count(), 0U);
  EXPECT_EQ(world_.Status().held_count(), 1U);
  EXPECT_EQ(world_.Status().shards(0).held_count(), 1U);
  const auto last = world_.Join("m1");
  world_.Settle();
  AcknowledgeAll(*last);
  AcknowledgeAll(*last);
  EXPECT_THAT(Positions(*last), ElementsAre(3, 4));
  EXPECT_EQ(world_.Status().held_count(), 0U);
}

TEST_F(DispatcherTest, SplitsTheShardsAmongMembersAndGivesThemBackWhenOneDies) {
  SubscriptionWorld world(2);
  world.Create(SubscriptionWorld::ARequestFor("reminders"));
  const auto first = world.Join("m1");
  world.Settle();
  EXPECT_EQ(first->assignment.shards_size(), 2);
  const auto second = world.Join("m2");
  world.Settle();
  ASSERT_EQ(first->assignment.shards_size(), 1);
  ASSERT_EQ(second->assignment.shards_size(), 1);
  for (std::uint64_t loan = 1; loan <= 8; ++loan) world.Append(loan);
  world.Settle();
  EXPECT_EQ(first->deliveries.size() + second->deliveries.size(), 8U);
  ASSERT_FALSE(second->deliveries.empty());

  second->ended = true;
  world.Settle();

  EXPECT_EQ(first->assignment.shards_size(), 2);
  EXPECT_EQ(first->deliveries.size(), 8U);
  EXPECT_EQ(first->deliveries.back().attempt(), 2U) << "the other had it once";
}

TEST_F(DispatcherTest, RefusesALateAcknowledgementAndGoesOn) {
  SubscriptionWorld world(2);
  world.Create(SubscriptionWorld::ARequestFor("reminders"));
  const auto first = world.Join("m1");
  for (std::uint64_t loan = 1; loan <= 8; ++loan) world.Append(loan);
  world.Settle();
  for (const v1::Delivery& delivery : first->deliveries) first->Acknowledge(delivery);
  const auto second = world.Join("m2");
  world.Settle();
  ASSERT_EQ(first->assignment.shards_size(), 1);

  for (const v1::Delivery& delivery : first->deliveries) first->Acknowledge(delivery);
  world.Settle();

  EXPECT_FALSE(first->ended);
  ASSERT_FALSE(first->refusals.empty());
  EXPECT_EQ(first->refusals[0].reason(), "ASSIGNMENT_STALE");
  EXPECT_NE(first->refusals[0].shard(), first->assignment.shards(0).shard());
}

TEST_F(DispatcherTest, RefusesTheNackOfWhatIsSettled) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto member = world_.Join("m1");
  world_.Settle();
  AcknowledgeAll(*member);
  member->Nack(member->deliveries[0], v1::NACK_ACTION_PARK);
  world_.Settle();
  ASSERT_THAT(member->refusals, SizeIs(1));
  EXPECT_EQ(member->refusals[0].reason(), "DELIVERY_SETTLED");
}

TEST_F(DispatcherTest, PutsAMemberOutThatKeepsAnEventTooLong) {
  auto request = SubscriptionWorld::ARequestFor("reminders");
  request.mutable_subscription()->mutable_ack_timeout()->set_seconds(30);
  world_.Create(request);
  world_.Append(1);
  const auto slow = world_.Join("m1");
  const auto other = world_.Join("m2");
  world_.Settle();
  ASSERT_THAT(slow->deliveries, SizeIs(1));

  world_.clock.AdvanceTo(world_.clock.Now() + absl::Seconds(30));
  world_.Settle();
  EXPECT_FALSE(slow->ended);
  world_.clock.AdvanceTo(world_.clock.Now() + absl::Milliseconds(1));
  world_.Settle();

  EXPECT_EQ(ReasonOf(*slow), "ACK_OVERDUE");
  EXPECT_THAT(Positions(*other), ElementsAre(1));
}

TEST_F(DispatcherTest, LetsANewerCallTakeThePlaceOfAnOlderOneAtOnce) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto older = world_.Join("m1");
  world_.Settle();

  const auto newer = world_.Join("m1");
  world_.Settle();

  EXPECT_EQ(ReasonOf(*older), "MEMBER_REPLACED");
  EXPECT_THAT(Positions(*newer), ElementsAre(1));
  EXPECT_THAT(world_.Status().member_ids(), ElementsAre("m1"));
}

TEST_F(DispatcherTest, EndsTheCallsOfADeletedSubscriptionAndForgetsItsRows) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto member = world_.Join("m1");
  world_.Settle();
  member->Nack(member->deliveries[0], v1::NACK_ACTION_PARK);
  world_.Settle();
  v1::DeleteSubscriptionRequest request;
  request.set_name("reminders");

  world_.Call(&Operations::Delete, request);
  world_.Settle();

  EXPECT_EQ(ReasonOf(*member), "SUBSCRIPTION_UNKNOWN");
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Restart();
  EXPECT_THAT(world_.Parked(), IsEmpty());
  EXPECT_EQ(world_.Status().lag(), 1U) << "it begins anew";
}

TEST_F(DispatcherTest, EndsACallThatSaysWhatNoMemberSays) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  struct Case {
    const char* reason;
    std::function<void(PlayedMember&)> say;
  };
  const auto ack = [](PlayedMember& member) { return member.deliveries.at(0); };
  for (const Case& bad :
       {Case{"FIELD_INVALID", [](PlayedMember& member) { member.Join("reminders", "m1"); }},
        Case{"FIELD_REQUIRED", [](PlayedMember& member) { member.inbox.emplace_back(); }},
        Case{"FIELD_INVALID",
             [&](PlayedMember& member) {
               v1::Delivery beyond = ack(member);
               beyond.set_delivery_tag(2);
               member.Acknowledge(beyond);
             }},
        Case{"FIELD_INVALID",
             [&](PlayedMember& member) {
               v1::Delivery beyond = ack(member);
               beyond.set_delivery_tag(0);
               member.Nack(beyond, v1::NACK_ACTION_PARK);
             }},
        Case{"FIELD_REQUIRED",
             [&](PlayedMember& member) { member.Nack(ack(member), v1::NACK_ACTION_UNSPECIFIED); }},
        Case{"ENUM_UNKNOWN",
             [&](PlayedMember& member) {
               member.Nack(ack(member), static_cast<v1::NackAction>(9));
             }},
        Case{"FIELD_INVALID", [&](PlayedMember& member) {
               member.Nack(ack(member), v1::NACK_ACTION_PARK, "nobody was there");
             }}}) {
    const auto member = world_.Join("m1");
    world_.Settle();
    bad.say(*member);
    world_.Settle();
    EXPECT_EQ(ReasonOf(*member), bad.reason);
  }
  const auto nameless = world_.Join("");
  const auto silent = std::make_shared<PlayedMember>(SubscriptionWorld::Caller());
  silent->inbox.emplace_back().mutable_acknowledge();
  world_.dispatcher->Add(silent);
  world_.Settle();
  EXPECT_EQ(ReasonOf(*nameless), "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(*silent), "FIELD_REQUIRED");
}

TEST_F(DispatcherTest, KeepsTheFamilyOut) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  host::Caller parent = SubscriptionWorld::Caller();
  parent.role = "parent";
  const auto member = std::make_shared<PlayedMember>(parent);
  member->Join("reminders", "m1");
  world_.dispatcher->Add(member);
  world_.Settle();
  EXPECT_EQ(ReasonOf(*member), "NOT_AUTHORISED");
}

TEST_F(DispatcherTest, WaitsForASlowMemberWithABoundedWindow) {
  auto request = SubscriptionWorld::ARequestFor("reminders");
  request.mutable_subscription()->set_in_flight_max(10);
  world_.Create(request);
  for (std::uint64_t loan = 1; loan <= 100; ++loan) world_.Append(loan);
  const auto member = world_.Join("m1");
  world_.Settle();
  EXPECT_THAT(member->deliveries, SizeIs(10));
  member->can_send = false;
  AcknowledgeAll(*member);
  EXPECT_THAT(member->deliveries, SizeIs(10));
  member->can_send = true;
  while (member->deliveries.size() < 100) {
    world_.Settle();
    AcknowledgeAll(*member);
  }
  EXPECT_THAT(member->deliveries, SizeIs(100));
}

TEST_F(DispatcherTest, ForgetsWhatWasReadAheadOnceNobodyIsThere) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (const std::uint64_t loan : {1U, 2U, 1U, 3U}) world_.Append(loan);
  const auto first = world_.Join("m1");
  const auto second = world_.Join("m2");
  world_.Settle();
  ASSERT_THAT(Positions(*first), ElementsAre(1, 2, 4));
  AcknowledgeAll(*first);
  ASSERT_EQ(world_.Status().shards(0).acknowledged_position(), 2U) << "3 is on its way";
  first->ended = true;
  world_.Settle();
  EXPECT_THAT(Positions(*second), ElementsAre(3)) << "the other goes on where it was";

  second->ended = true;
  world_.Settle();
  const auto last = world_.Join("m1");
  world_.Settle();

  EXPECT_THAT(Positions(*last), ElementsAre(3, 4)) << "as after a restart";
  EXPECT_EQ(last->deliveries.at(0).attempt(), 1U);
}

TEST_F(DispatcherTest, LetsNoShardStarveBehindABusyOne) {
  SubscriptionWorld world(2);
  auto request = SubscriptionWorld::ARequestFor("reminders");
  request.mutable_subscription()->set_in_flight_max(1000);
  world.Create(request);
  const std::string large(kDeliveriesBytesMax, 'x');  // One of them fills a message.
  for (std::uint64_t loan = 1; loan <= 20; ++loan)
    world.Append(loan, SubscriptionWorld::kLent, large);
  const auto member = world.Join("m1");
  while (world.Step()) {
    for (const v1::Delivery& delivery : member->deliveries) member->Acknowledge(delivery);
    if (member->deliveries.size() >= 4) break;
  }
  std::set<std::uint32_t> shards;
  for (const v1::Delivery& delivery : member->deliveries) shards.insert(delivery.event().shard());
  EXPECT_THAT(shards, SizeIs(2));
}

TEST_F(DispatcherTest, TellsEveryoneWhenItStopsAlsoThoseWhoComeLater) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  const auto member = world_.Join("m1");
  world_.Settle();
  world_.dispatcher->CloseAll();
  const auto late = world_.Join("m2");
  world_.Settle();
  EXPECT_EQ(ReasonOf(*member), "SHUTTING_DOWN");
  EXPECT_EQ(ReasonOf(*late), "SHUTTING_DOWN");
}

TEST_F(DispatcherTest, PromisesAndDeliversNothingWhenItCannotWrite) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  world_.Append(1);
  const auto member = world_.Join("m1");
  absl::Status answered;
  ASSERT_TRUE(world_.dispatcher->Post(
      [&](Operations&) { return [&](const absl::Status& stored) { answered = stored; }; }));
  world_.model.failure = absl::InternalError("the disk refuses");

  EXPECT_TRUE(absl::IsInternal(world_.dispatcher->Step().status()));

  EXPECT_TRUE(absl::IsInternal(answered));
  EXPECT_THAT(member->assignment.shards(), IsEmpty());
  EXPECT_THAT(member->deliveries, IsEmpty());
}

TEST_F(DispatcherTest, WritesOnlyPositionsWithoutASync) {
  world_.Create(SubscriptionWorld::ARequestFor("reminders"));
  for (const std::uint64_t loan : {1U, 2U}) world_.Append(loan);
  const auto member = world_.Join("m1");
  world_.Settle();
  EXPECT_EQ(world_.model.unsynced(), 0U) << "a generation is on disk before it is told";
  member->Acknowledge(member->deliveries[0]);
  world_.Settle();
  EXPECT_EQ(world_.model.unsynced(), 1U);
  member->Nack(member->deliveries[1], v1::NACK_ACTION_PARK);
  world_.Settle();
  EXPECT_EQ(world_.model.unsynced(), 0U);
}

}  // namespace
}  // namespace apdr::subscription
