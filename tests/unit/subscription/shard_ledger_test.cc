#include "services/subscription/shard_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace apdr::subscription {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);
constexpr std::size_t kManyBytes = 1U << 20;

// One shard of a log in which every event is wanted, and its ledger.
class Desk {
 public:
  explicit Desk(const LedgerLimits& limits = {}) : limits_(limits) { Reopen(Position(0), {}); }

  // The next event of a case.
  void Record(const std::string& case_id, std::size_t bytes = 0) {
    event::v1::Event event;
    event.mutable_data()->set_value(std::string(bytes, 'x'));
    event.set_case_id(case_id);
    event.set_version(++versions_[case_id]);
    event.set_position(log_.size() + 1);
    log_.push_back(std::make_shared<const event::v1::Event>(event));
  }
  void Read() {
    while (ledger->WantsEvents() && ledger->read().value() < log_.size()) {
      ledger->Offer(log_[ledger->read().value()]);
    }
    for (const ShardLedger::Look& look : ledger->Looks(100)) {
      if (!ledger->WantsHeld()) return;
      EventPtr next;
      for (const EventPtr& event : log_) {
        if (next == nullptr && event->case_id() == look.case_id.value() &&
            event->version() >= look.from.value() && event->position() <= look.up_to.value()) {
          next = event;
        }
      }
      ledger->OfferHeld(look.case_id, next);
    }
  }
  // The positions that are delivered now.
  std::vector<std::uint64_t> Deliver(std::size_t bytes_max = kManyBytes) {
    Read();
    std::vector<std::uint64_t> positions;
    for (const ShardLedger::Outgoing& outgoing : ledger->Deliver(absl::ZeroDuration(), bytes_max)) {
      positions.push_back(outgoing.event->position());
      tags_[outgoing.event->position()] = outgoing.tag;
      attempts[outgoing.event->position()] = outgoing.attempt;
    }
    return positions;
  }
  [[nodiscard]] std::uint64_t TagOf(std::uint64_t position) const { return tags_.at(position); }
  void Acknowledge(std::uint64_t position) {
    EXPECT_TRUE(ledger->Acknowledge(TagOf(position)));
    Keep();
  }
  ShardLedger::NackResult Nack(std::uint64_t position, v1::NackAction action) {
    const auto result = ledger->Nack(
        TagOf(position), {.action = action, .cause = "HTTP_503", .member_id = "m1"}, kNow);
    Keep();
    return result;
  }
  // Takes over what is to be stored.
  void Keep() {
    const ShardLedger::Changes changes = ledger->TakeChanges();
    acknowledged_ = ledger->acknowledged();
    for (const CaseId& case_id : changes.cases) {
      const v1::HeldCase* held = ledger->FindHeld(case_id);
      if (held == nullptr) {
        held_.erase(case_id.value());
      } else {
        held_[case_id.value()] = *held;
      }
    }
    skipped.insert(skipped.end(), changes.skipped.begin(), changes.skipped.end());
  }
  // The process died and was started again on what was stored.
  void Restart() { RestartAt(acknowledged_); }
  // After a power cut that took the last positions.
  void RestartAt(Position acknowledged) {
    std::vector<v1::HeldCase> held;
    for (const auto& [case_id, row] : held_) held.push_back(row);
    Reopen(acknowledged, held);
  }

  // Held cases that are stored.
  [[nodiscard]] std::size_t rows() const { return held_.size(); }

  std::optional<ShardLedger> ledger;
  std::map<std::uint64_t, std::uint32_t> attempts;  // By position.
  std::vector<v1::ParkedEvent> skipped;

 private:
  void Reopen(Position acknowledged, const std::vector<v1::HeldCase>& held) {
    ledger.emplace(Shard(0), limits_, acknowledged, held);
  }

  const LedgerLimits limits_;
  std::vector<EventPtr> log_;
  std::map<std::string, std::uint64_t> versions_;
  std::map<std::uint64_t, std::uint64_t> tags_;
  Position acknowledged_;
  std::map<std::string, v1::HeldCase> held_;
};

void RecordAll(Desk& desk, const std::vector<std::string>& cases) {
  for (const std::string& case_id : cases) desk.Record(case_id);
}

TEST(ShardLedger, DeliversOneEventOfACaseAtATimeAndOthersBesideIt) {
  Desk desk;
  RecordAll(desk, {"a", "a", "b", "a"});

  EXPECT_THAT(desk.Deliver(), ElementsAre(1, 3));
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  desk.Acknowledge(1);
  EXPECT_THAT(desk.Deliver(), ElementsAre(2));
}

TEST(ShardLedger, AcknowledgesNoFurtherThanEverythingIsDone) {
  Desk desk;
  RecordAll(desk, {"a", "a", "b", "c"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 3, 4));

  desk.Acknowledge(4);  // And all that was delivered before it.

  EXPECT_EQ(desk.ledger->acknowledged(), Position(1)) << "2 is yet to come";
  ASSERT_THAT(desk.Deliver(), ElementsAre(2));
  desk.Acknowledge(2);
  EXPECT_EQ(desk.ledger->acknowledged(), Position(4));
}

TEST(ShardLedger, CountsWhatIsNotWantedAsDone) {
  Desk desk;
  desk.ledger->Offer(nullptr);
  desk.ledger->Offer(nullptr);
  EXPECT_EQ(desk.ledger->acknowledged(), Position(2));
  EXPECT_TRUE(desk.ledger->TakeChanges().position);
  EXPECT_FALSE(desk.ledger->TakeChanges().position);
}

TEST(ShardLedger, KeepsToTheWindow) {
  Desk desk({.in_flight_max = 2, .attempts_max = 5});
  RecordAll(desk, {"a", "b", "c"});
  EXPECT_THAT(desk.Deliver(), ElementsAre(1, 2));
  EXPECT_EQ(desk.ledger->read(), Position(2));
  desk.Acknowledge(1);
  EXPECT_THAT(desk.Deliver(), ElementsAre(3));
}

TEST(ShardLedger, DeliversAtLeastOneEventHoweverLarge) {
  Desk desk;
  RecordAll(desk, {"a", "b"});
  EXPECT_THAT(desk.Deliver(1), ElementsAre(1));
  EXPECT_THAT(desk.Deliver(1), ElementsAre(2));
}

TEST(ShardLedger, HoldsTheCaseOfAFailedEventAndGoesOnWithTheOthers) {
  Desk desk;
  RecordAll(desk, {"a", "b", "a", "b"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2));

  EXPECT_EQ(desk.Nack(1, v1::NACK_ACTION_PARK), ShardLedger::NackResult::kParked);
  desk.Acknowledge(2);

  EXPECT_THAT(desk.Deliver(), ElementsAre(4));
  desk.Acknowledge(4);
  EXPECT_EQ(desk.ledger->acknowledged(), Position(4));
  desk.Record("a");
  EXPECT_THAT(desk.Deliver(), IsEmpty()) << "later events wait behind the parked one";
  EXPECT_THAT(desk.ledger->Parked(), ElementsAre(Position(1)));
}

TEST(ShardLedger, DeliversWhatWaitedInOrderOnceItIsRetried) {
  Desk desk;
  RecordAll(desk, {"a", "a", "a"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1));
  desk.Nack(1, v1::NACK_ACTION_PARK);
  ASSERT_THAT(desk.Deliver(), IsEmpty());

  const auto retried = desk.ledger->Retry(Position(1), {});

  ASSERT_TRUE(retried.has_value());
  EXPECT_EQ(retried->state(), v1::PARKED_STATE_RELEASED);
  for (const std::uint64_t position : {1U, 2U, 3U}) {
    ASSERT_THAT(desk.Deliver(), ElementsAre(position));
    desk.Acknowledge(position);
  }
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  EXPECT_TRUE(desk.ledger->Settled());
  EXPECT_EQ(desk.ledger->FindHeld(CaseId("a")), nullptr);
}

TEST(ShardLedger, GoesOnBehindASkippedEventAndKeepsWhoSkippedIt) {
  Desk desk;
  RecordAll(desk, {"a", "a"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1));
  desk.Nack(1, v1::NACK_ACTION_PARK);
  v1::ParkedDecision decision;
  decision.set_actor_id("p-3");

  ASSERT_TRUE(desk.ledger->Skip(Position(1), decision).has_value());
  desk.Keep();

  EXPECT_THAT(desk.Deliver(), ElementsAre(2));
  ASSERT_THAT(desk.skipped, SizeIs(1));
  EXPECT_EQ(desk.skipped[0].state(), v1::PARKED_STATE_SKIPPED);
  EXPECT_EQ(desk.skipped[0].decision().actor_id(), "p-3");
  EXPECT_FALSE(desk.ledger->Skip(Position(1), decision).has_value());
}

TEST(ShardLedger, BringsAnEventAgainAfterAWhileAndParksItAfterTheLastAttempt) {
  Desk desk({.in_flight_max = 10, .attempts_max = 2});
  desk.Record("a");
  ASSERT_THAT(desk.Deliver(), ElementsAre(1));
  desk.Nack(1, v1::NACK_ACTION_RETRY);
  EXPECT_FALSE(desk.ledger->Settled());

  desk.ledger->BeginRetries(kNow + RetryDelay(1) - absl::Milliseconds(1));
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  desk.ledger->BeginRetries(kNow + RetryDelay(1));
  ASSERT_THAT(desk.Deliver(), ElementsAre(1));
  EXPECT_EQ(desk.attempts[1], 2U);
  desk.Nack(1, v1::NACK_ACTION_RETRY);

  EXPECT_THAT(desk.ledger->Parked(), ElementsAre(Position(1)));
  EXPECT_TRUE(desk.ledger->Settled());
}

TEST(ShardLedger, TakesBackWhatAMemberHadAndCountsTheAttempt) {
  Desk desk;
  RecordAll(desk, {"a", "b"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2));
  desk.Nack(1, v1::NACK_ACTION_PARK);
  (void)desk.ledger->Retry(Position(1), {});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1));

  desk.ledger->TakeBack();

  EXPECT_EQ(desk.ledger->in_flight(), 0U);
  EXPECT_THAT(desk.Deliver(), ElementsAre(1, 2));
  EXPECT_EQ(desk.TagOf(1), 1U) << "tags begin anew";
  EXPECT_EQ(desk.attempts[2], 2U);
}

TEST(ShardLedger, ReadsAgainAfterARestWhatIsNotAcknowledgedInOrder) {
  Desk desk;
  RecordAll(desk, {"a", "b", "a", "c"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2, 4));
  desk.Nack(2, v1::NACK_ACTION_PARK);
  desk.Acknowledge(4);
  ASSERT_TRUE(desk.ledger->Retry(Position(2), {}).has_value());
  desk.Read();
  EXPECT_EQ(desk.ledger->read(), Position(4));

  desk.ledger->Rest();

  EXPECT_EQ(desk.ledger->read(), Position(2));
  EXPECT_TRUE(desk.ledger->WantsEvents());
  EXPECT_THAT(desk.Deliver(), ElementsAre(2, 3, 4));
  desk.Acknowledge(4);
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  EXPECT_EQ(desk.ledger->acknowledged(), Position(4));
  EXPECT_EQ(desk.ledger->FindHeld(CaseId("b")), nullptr);
}

TEST(ShardLedger, TellsTagsThatAreSettledFromThoseNeverDelivered) {
  Desk desk;
  desk.Record("a");
  ASSERT_THAT(desk.Deliver(), ElementsAre(1));
  desk.Acknowledge(1);

  EXPECT_EQ(desk.Nack(1, v1::NACK_ACTION_PARK), ShardLedger::NackResult::kSettled);
  EXPECT_TRUE(desk.ledger->Acknowledge(1)) << "a repeat is harmless";
  EXPECT_FALSE(desk.ledger->Acknowledge(2));
  EXPECT_EQ(desk.ledger->Nack(2, {}, kNow), ShardLedger::NackResult::kUnknown);
}

TEST(ShardLedger, RemembersParkedAndRetryingEventsOverARestart) {
  Desk desk;
  RecordAll(desk, {"a", "b", "a", "b"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2));
  desk.Nack(1, v1::NACK_ACTION_PARK);
  desk.Nack(2, v1::NACK_ACTION_RETRY);
  ASSERT_EQ(desk.ledger->acknowledged(), Position(4));

  desk.Restart();

  EXPECT_THAT(desk.Deliver(), IsEmpty());
  desk.ledger->BeginRetries(kNow + RetryDelay(1));
  EXPECT_THAT(desk.Deliver(), ElementsAre(2));
  EXPECT_EQ(desk.attempts[2], 2U);
  EXPECT_THAT(desk.ledger->Parked(), ElementsAre(Position(1)));
}

// A restart goes on after the acknowledged position, which an event of another case holds back.
TEST(ShardLedger, DoesNotRepeatAfterARestartWhatAHeldCaseHasDone) {
  Desk desk;
  RecordAll(desk, {"slow", "a", "a"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2));
  desk.Nack(2, v1::NACK_ACTION_PARK);
  ASSERT_TRUE(desk.ledger->Skip(Position(2), {}).has_value());
  ASSERT_THAT(desk.Deliver(), ElementsAre(3));
  desk.ledger->TakeBack();  // So that "slow" has the higher tag, and is not acknowledged with 3.
  ASSERT_THAT(desk.Deliver(), ElementsAre(3, 1));
  desk.Acknowledge(3);
  ASSERT_EQ(desk.ledger->acknowledged(), Position(0));

  desk.Restart();

  EXPECT_THAT(desk.Deliver(), ElementsAre(1));
  desk.Acknowledge(1);
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  EXPECT_EQ(desk.ledger->acknowledged(), Position(3));
  EXPECT_EQ(desk.ledger->FindHeld(CaseId("a")), nullptr);
}

TEST(ShardLedger, ForgetsNoTryOfAnEventThatLiesBeyondWhatIsReadAgain) {
  Desk desk({.in_flight_max = 2, .attempts_max = 5});
  RecordAll(desk, {"b", "c", "a", "a"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2));
  desk.Acknowledge(2);
  ASSERT_THAT(desk.Deliver(), ElementsAre(3));
  desk.Nack(3, v1::NACK_ACTION_RETRY);

  desk.RestartAt(Position(0));
  desk.ledger->BeginRetries(kNow + RetryDelay(1));

  ASSERT_THAT(desk.Deliver(), ElementsAre(3, 1)) << "2 has no room, so nothing behind it is read";
  EXPECT_EQ(desk.attempts[3], 2U);
  desk.Acknowledge(1);
  EXPECT_THAT(desk.Deliver(), ElementsAre(4, 2)) << "and 3 does not come again when it is read";
  desk.Acknowledge(2);
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  EXPECT_EQ(desk.ledger->acknowledged(), Position(4));
  EXPECT_EQ(desk.ledger->FindHeld(CaseId("a")), nullptr);
}

TEST(ShardLedger, IsNotStoppedByHeldCasesThatAreDone) {
  std::vector<v1::HeldCase> held(kHeldCasesMax);
  for (std::size_t i = 0; i < held.size(); ++i) {
    held[i].set_case_id(absl::StrCat("c", i));
    held[i].set_next_version(2);
    held[i].set_done_position(i + 2);  // Behind 1, which another case has yet to do.
  }
  ShardLedger ledger(Shard(0), LedgerLimits(), Position(0), held);
  EXPECT_FALSE(ledger.WantsEvents());

  for (const ShardLedger::Look& look : ledger.Looks(held.size())) {
    ledger.OfferHeld(look.case_id, nullptr);
  }

  EXPECT_TRUE(ledger.WantsEvents());
}

TEST(ShardLedger, KeepsFewBytesOfHeldCasesAndGoesOnBesideThem) {
  Desk desk;
  for (const char* case_id : {"a", "b"}) desk.Record(case_id, kWindowBytesMax);
  for (const std::uint64_t position : {1U, 2U}) {
    ASSERT_THAT(desk.Deliver(), ElementsAre(position));
    desk.Nack(position, v1::NACK_ACTION_PARK);
  }
  for (const std::uint64_t position : {1U, 2U}) {
    ASSERT_TRUE(desk.ledger->Retry(Position(position), {}).has_value());
  }
  desk.Record("c", kWindowBytesMax);
  ASSERT_THAT(desk.Deliver(), ElementsAre(1)) << "the message is full";
  EXPECT_FALSE(desk.ledger->WantsHeld());
  EXPECT_THAT(desk.Deliver(), ElementsAre(3));

  desk.Acknowledge(1);

  EXPECT_TRUE(desk.ledger->WantsHeld());
  EXPECT_THAT(desk.Deliver(), ElementsAre(2)) << "also while the window is full";
}

TEST(ShardLedger, FindsNoMoreOfHeldCasesThanMayBeInFlight) {
  Desk desk({.in_flight_max = 2, .attempts_max = 5});
  RecordAll(desk, {"a", "b", "c"});
  for (std::uint64_t position = 1; position <= 3; ++position) {
    (void)desk.Deliver();
    desk.Nack(position, v1::NACK_ACTION_PARK);
  }
  for (std::uint64_t position = 1; position <= 3; ++position) {
    ASSERT_TRUE(desk.ledger->Retry(Position(position), {}).has_value());
  }
  desk.Read();
  EXPECT_THAT(desk.ledger->Looks(10), SizeIs(1));
  EXPECT_THAT(desk.Deliver(), ElementsAre(1, 2));
}

TEST(ShardLedger, ReadsNoFurtherWhileTooManyCasesAreHeld) {
  Desk desk({.in_flight_max = 1000, .attempts_max = 1});
  for (std::size_t i = 0; i <= kHeldCasesMax; ++i) desk.Record(absl::StrCat("c", i));
  for (const std::uint64_t position : desk.Deliver()) {
    desk.Nack(position, v1::NACK_ACTION_RETRY);
  }
  EXPECT_THAT(desk.Deliver(), IsEmpty());
  EXPECT_EQ(desk.ledger->read(), Position(kHeldCasesMax));

  ASSERT_TRUE(desk.ledger->Skip(Position(7), {}).has_value());
  EXPECT_THAT(desk.Deliver(), ElementsAre(kHeldCasesMax + 1));
}

// One event is never acknowledged; beside it, others fail in one life and are done in the next.
TEST(ShardLedger, KeepsNoMoreRowsHoweverOftenAMemberDiesOnAnEvent) {
  constexpr std::uint32_t kInFlight = 1000;
  constexpr std::size_t kEvents = 5 * kInFlight;
  Desk desk({.in_flight_max = kInFlight, .attempts_max = 5});
  for (std::size_t i = 1; i <= kEvents; ++i) desk.Record(absl::StrCat("c", i));
  const auto deliver = [&] {
    for (int i = 0; i < 60; ++i) desk.Read();
    return desk.Deliver();
  };
  for (int life = 0; life < 6; ++life) {
    desk.ledger->BeginRetries(kNow + RetryDelay(1));
    std::vector<std::uint64_t> delivered = deliver();
    const auto deadly = std::ranges::find(delivered, 1U);
    ASSERT_NE(deadly, delivered.end()) << "it goes on";
    if (deadly != delivered.begin()) desk.Acknowledge(*std::prev(deadly));
    std::vector<std::uint64_t> fresh(std::next(deadly), delivered.end());
    if (fresh.empty()) fresh = deliver();
    for (const std::uint64_t position : fresh) desk.Nack(position, v1::NACK_ACTION_RETRY);
    EXPECT_LE(desk.rows(), kHeldRowsMax + kInFlight);
    desk.ledger->TakeBack();
    desk.ledger->Rest();
  }

  desk.ledger->BeginRetries(kNow + RetryDelay(1));
  for (auto last = deliver(); !last.empty(); last = deliver()) desk.Acknowledge(last.back());

  EXPECT_EQ(desk.ledger->acknowledged(), Position(kEvents));
  EXPECT_EQ(desk.rows(), 0U);
}

TEST(ShardLedger, SaysHowItStands) {
  Desk desk;
  RecordAll(desk, {"a", "b", "c"});
  ASSERT_THAT(desk.Deliver(), ElementsAre(1, 2, 3));
  desk.Nack(1, v1::NACK_ACTION_PARK);
  desk.Nack(2, v1::NACK_ACTION_RETRY);

  v1::ShardStatus status;
  desk.ledger->Describe(status);

  EXPECT_EQ(status.acknowledged_position(), 2U);
  EXPECT_EQ(status.in_flight_count(), 1U);
  EXPECT_EQ(status.parked_count(), 1U);
  EXPECT_EQ(status.retrying_count(), 1U);
  EXPECT_EQ(status.held_count(), 2U);
  EXPECT_EQ(status.oldest_parked_time().seconds(), absl::ToUnixSeconds(kNow));
  EXPECT_EQ(desk.ledger->OldestFlight(), absl::ZeroDuration());
}

TEST(RetryDelay, DoublesUpToAMaximum) {
  EXPECT_EQ(RetryDelay(1), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(4), absl::Seconds(8));
  EXPECT_EQ(RetryDelay(100), absl::Minutes(5));
}

}  // namespace
}  // namespace apdr::subscription
