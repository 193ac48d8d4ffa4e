// Each checker is shown what it must find: evidence of a good run, with one bug planted in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/plan.pb.h"
#include "tests/simulation/checkers/checkers.h"
#include "tests/support/sim_world.h"

namespace apdr::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class CheckersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new SimWorld({.seed = 7, .faults = false});
    for (int step = 0; step < 6000; ++step) world_->Step();
    world_->Settle();
    good_ = new Evidence(world_->CollectEvidence());
  }
  static void TearDownTestSuite() {
    delete good_;
    delete world_;
  }

  // Finds the first commit with an event of this type and changes the event.
  template <class Change>
  static void ChangeEvent(Evidence& evidence, std::string_view type, const Change& change) {
    for (auto& shard : evidence.log) {
      for (eventstore::StoredCommit& stored : shard) {
        for (std::string& bytes : stored.commit.events) {
          event::v1::Event event;
          ASSERT_TRUE(event.ParseFromString(bytes));
          if (!event.data().type_url().ends_with(type)) continue;
          change(event);
          bytes = event.SerializeAsString();
          return;
        }
      }
    }
    FAIL() << "the run has no " << type;
  }
  static eventstore::StoredCommit& LastCommit(Evidence& evidence) {
    for (auto& shard : evidence.log) {
      if (shard.size() > 2) return shard.back();
    }
    return evidence.log.front().back();
  }

  static SimWorld* world_;
  static const Evidence* good_;
};

SimWorld* CheckersTest::world_ = nullptr;
const Evidence* CheckersTest::good_ = nullptr;

TEST_F(CheckersTest, FindNothingInAGoodRun) {
  for (const Checker& checker : AllCheckers()) {
    EXPECT_THAT(checker.check(*good_), IsEmpty()) << checker.name;
  }
  EXPECT_GT(good_->history.acknowledged.size(), 50U);
}

TEST_F(CheckersTest, FindALostAcknowledgedEvent) {
  Evidence bad = *good_;
  const RequestId lost = LastCommit(bad).commit.request_id;
  bad.history.acknowledged[lost] = bad.history.acknowledged.begin()->second;
  event::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(bad.history.acknowledged[lost].events.front()));
  event.set_event_id("gone");
  bad.history.acknowledged[lost].events.front() = event.SerializeAsString();
  EXPECT_THAT(CheckAcknowledged(bad), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindAnAcknowledgedEventElsewhere) {
  Evidence bad = *good_;
  event::v1::Event event;
  std::string& bytes = bad.history.acknowledged.begin()->second.events.front();
  ASSERT_TRUE(event.ParseFromString(bytes));
  event.set_position(event.position() + 1);
  bytes = event.SerializeAsString();
  EXPECT_THAT(CheckAcknowledged(bad), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindAGapInPositionsAndVersions) {
  Evidence gap = *good_;
  LastCommit(gap).place.first_position = Position(1000);
  EXPECT_THAT(CheckDense(gap), Not(IsEmpty()));
  Evidence version = *good_;
  ChangeEvent(version, "ChildRegistered", [](event::v1::Event& event) { event.set_version(2); });
  EXPECT_THAT(CheckDense(version), Not(IsEmpty()));
  Evidence back = *good_;
  LastCommit(back).commit.recorded_at = absl::UnixEpoch();
  EXPECT_THAT(CheckDense(back), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindASecondEffectAndAnUnknownRequest) {
  Evidence twice = *good_;
  auto& shard = twice.log.front();
  shard.push_back(shard.front());
  EXPECT_THAT(CheckOneEffect(twice), Not(IsEmpty()));
  Evidence unknown = *good_;
  LastCommit(unknown).commit.request_id = RequestId("nobody");
  EXPECT_THAT(CheckOneEffect(unknown), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindAHoleADisorderAndAForgeryOnTheBus) {
  for (auto topic : {&Evidence::events_topic, &Evidence::notices_topic}) {
    Evidence hole = *good_;
    auto& records = (hole.*topic).front();
    ASSERT_GT(records.size(), 2U);
    records.erase(records.begin() + 1);
    EXPECT_THAT(CheckPublished(hole), Not(IsEmpty()));
    Evidence tail = *good_;
    (tail.*topic).front().pop_back();
    EXPECT_THAT(CheckPublished(tail), Not(IsEmpty()));
    Evidence forged = *good_;
    (forged.*topic).front().front().value += "x";
    EXPECT_THAT(CheckPublished(forged), Not(IsEmpty()));
    Evidence repeated = *good_;
    auto& again = (repeated.*topic).front();
    again.push_back(again.front());
    EXPECT_THAT(CheckPublished(repeated), IsEmpty()) << "at least once: a repeat is allowed";
  }
}

TEST_F(CheckersTest, FindARowThatIsNotTheFold) {
  Evidence changed = *good_;
  changed.rows.at(changed.rows.size() / 2).value += "x";
  EXPECT_THAT(CheckProjection(changed), Not(IsEmpty()));
  Evidence missing = *good_;
  missing.rows.pop_back();
  EXPECT_THAT(CheckProjection(missing), Not(IsEmpty()));
  Evidence extra = *good_;
  extra.rows.push_back({"zzz", "x"});
  EXPECT_THAT(CheckProjection(extra), Not(IsEmpty()));
  Evidence unfolded = *good_;
  unfolded.log.front().pop_back();
  EXPECT_THAT(CheckProjection(unfolded), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindAnAnswerThatARestartChanged) {
  Evidence bad = *good_;
  const auto& [request_id, answer] = *bad.history.acknowledged.begin();
  command::Request request;
  request.stream = answer.stream;
  request.request_id = request_id;
  command::Accepted other;
  other.events.emplace_back();
  bad.history.Add(request, other);
  EXPECT_THAT(CheckRestart(bad), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindATimerFiredTwiceEarlyOrNever) {
  Evidence twice = *good_;
  std::string fired;
  ChangeEvent(twice, "Overdue", [&](event::v1::Event& event) { fired = event.deadline_fired(); });
  ASSERT_FALSE(fired.empty());
  ChangeEvent(twice, "ChildRegistered",
              [&](event::v1::Event& event) { event.set_deadline_fired(fired); });
  EXPECT_THAT(CheckTimers(twice), Not(IsEmpty()));
  Evidence early = *good_;
  ChangeEvent(early, "Overdue",
              [](event::v1::Event& event) { event.mutable_recorded_time()->set_seconds(1); });
  EXPECT_THAT(CheckTimers(early), Not(IsEmpty()));
  Evidence forgotten = *good_;
  forgotten.timers_due.push_back({.stream = Loan(1), .timer = {.fires_at = {}, .key = "T08:x"}});
  EXPECT_THAT(CheckTimers(forgotten), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindACycleOutOfOrder) {
  Evidence two_open = *good_;
  ChangeEvent(two_open, "SenSupportStarted", [](event::v1::Event& event) {
    event.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.AssessmentStarted");
  });
  EXPECT_THAT(CheckSenCycles(two_open), Not(IsEmpty()));
  Evidence no_plan = *good_;
  ChangeEvent(no_plan, "SenSupportStarted", [](event::v1::Event& event) {
    event.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.ReviewHeld");
  });
  EXPECT_THAT(CheckSenCycles(no_plan), Not(IsEmpty()));
  Evidence no_date = *good_;
  ChangeEvent(no_date, "PlanAgreed", [](event::v1::Event& event) {
    sen::v1::PlanAgreed agreed;
    event.data().UnpackTo(&agreed);
    agreed.mutable_plan()->clear_review_on();
    event.mutable_data()->PackFrom(agreed);
  });
  EXPECT_THAT(CheckSenCycles(no_date), Not(IsEmpty()));
}

TEST_F(CheckersTest, FindAnOverdueReviewThatNobodySees) {
  Evidence bad = *good_;
  sen::v1::ReviewDateChanged changed;
  changed.set_to("2025-01-06");
  for (auto& shard : bad.log) {  // A case that is closed needs no review: not all are.
    if (shard.empty()) continue;
    event::v1::Event event;
    std::string& last = shard.back().commit.events.back();
    ASSERT_TRUE(event.ParseFromString(last));
    event.mutable_data()->PackFrom(changed);
    last = event.SerializeAsString();
  }
  EXPECT_THAT(CheckSenOverdue(bad), Not(IsEmpty()));
}

}  // namespace
}  // namespace apdr::testing
