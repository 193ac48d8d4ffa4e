#include "services/timer/timer_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/command_side.h"

namespace apdr::timer {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::ARequest;
using apdr::testing::CommandSide;
using apdr::testing::Loan;
using apdr::testing::On;
using apdr::testing::library::v1::ReturnItem;

class TimerWorkerTest : public ::testing::Test {
 protected:
  void Lend(std::uint64_t loan) {
    const std::string slip = absl::StrCat("slip-", loan);
    side_.Accept(ARequest(slip, Loan(loan), ALoan(slip, 21)));
  }
  // 06:00 on the day of the first reminder of a loan of 21 days from the start.
  void ReachFirstReminder() {
    side_.clock.AdvanceTo(HourOf(On("2026-03-18"), 6, side_.workflow.definition().zone));
  }
  // As the next commit of the case, like `commit` otherwise.
  void StartTimerOfAnotherPolicy(eventstore::Commit commit) {
    commit.first_version = CaseVersion(commit.first_version.value() + 1);
    commit.request_id = RequestId("another-policy");
    commit.timers_started = {{.fires_at = side_.clock.Now(), .key = "D9:x"}};
    ASSERT_TRUE(side_.store.Append({&commit, 1}).ok());
    side_.Restart();
  }
  std::unique_ptr<TimerWorker> AWorker() {
    return std::make_unique<TimerWorker>(side_.clock, side_.store, *side_.handler);
  }
  void RunHandler() {
    bool progressed = true;
    while (progressed) {
      const auto decided = side_.handler->decider().Step();
      const auto committed = side_.handler->committer().Step();
      ASSERT_TRUE(decided.ok() && committed.ok());
      progressed = *decided == StepResult::kProgressed || *committed == StepResult::kProgressed;
    }
  }

  CommandSide side_;
};

TEST_F(TimerWorkerTest, FiresWhatIsDueAndNothingBefore) {
  Lend(1);
  const auto worker = AWorker();
  EXPECT_EQ(worker->Step().value(), StepResult::kIdle);
  side_.clock.AdvanceTo(HourOf(On("2026-03-18"), 6, side_.workflow.definition().zone) -
                        absl::Seconds(1));
  EXPECT_EQ(worker->Step().value(), StepResult::kIdle);
  ReachFirstReminder();

  EXPECT_EQ(worker->Step().value(), StepResult::kProgressed);
  RunHandler();

  EXPECT_EQ(worker->fired(), 1U);
  EXPECT_EQ(side_.EventCount(), 2U);
  EXPECT_EQ(worker->Step().value(), StepResult::kIdle);
}

TEST_F(TimerWorkerTest, WaitsForItsAnswersBeforeItLooksAgain) {
  Lend(1);
  ReachFirstReminder();
  const auto worker = AWorker();
  ASSERT_EQ(worker->Step().value(), StepResult::kProgressed);

  EXPECT_EQ(worker->Step().value(), StepResult::kIdle) << "the answer is still to come";
  RunHandler();
  EXPECT_EQ(worker->fired(), 1U);
}

TEST_F(TimerWorkerTest, TakesABoundedNumberInOneStep) {
  const std::uint64_t loans = kTimersPerStep + 10;
  for (std::uint64_t loan = 0; loan < loans; ++loan) Lend(loan);
  ReachFirstReminder();
  const auto worker = AWorker();

  ASSERT_TRUE(worker->Step().ok());
  RunHandler();
  EXPECT_EQ(worker->fired(), kTimersPerStep);
  ASSERT_TRUE(worker->Step().ok());
  RunHandler();
  EXPECT_EQ(worker->fired(), loans);
}

TEST_F(TimerWorkerTest, FiresNothingTwiceWithTwoWorkers) {
  for (std::uint64_t loan = 0; loan < 20; ++loan) Lend(loan);
  ReachFirstReminder();
  const auto one = AWorker();
  const auto two = AWorker();

  ASSERT_EQ(one->Step().value(), StepResult::kProgressed);
  ASSERT_EQ(two->Step().value(), StepResult::kProgressed);
  RunHandler();

  EXPECT_EQ(one->fired() + two->fired(), 20U);
  EXPECT_EQ(side_.EventCount(), 40U);
}

TEST_F(TimerWorkerTest, FiresNothingTwiceAfterARestart) {
  Lend(1);
  ReachFirstReminder();
  {
    const auto worker = AWorker();
    ASSERT_TRUE(worker->Step().ok());
    side_.store.FailNextAppend(eventstore::AppendFault::kAnswerLost);
    ASSERT_TRUE(side_.handler->decider().Step().ok());
    ASSERT_FALSE(side_.handler->committer().Step().ok());
    EXPECT_EQ(worker->fired(), 0U);
  }
  side_.Restart();
  const auto worker = AWorker();

  EXPECT_EQ(worker->Step().value(), StepResult::kIdle) << "it was kept, so it is done";
  EXPECT_EQ(side_.EventCount(), 2U);
}

TEST_F(TimerWorkerTest, FiresAfterARestartWhatWasLost) {
  Lend(1);
  ReachFirstReminder();
  {
    const auto worker = AWorker();
    ASSERT_TRUE(worker->Step().ok());
    side_.store.FailNextAppend(eventstore::AppendFault::kBeforeWrite);
    ASSERT_TRUE(side_.handler->decider().Step().ok());
    ASSERT_FALSE(side_.handler->committer().Step().ok());
  }
  side_.Restart();
  const auto worker = AWorker();

  ASSERT_EQ(worker->Step().value(), StepResult::kProgressed);
  RunHandler();
  EXPECT_EQ(worker->fired(), 1U);
  EXPECT_EQ(side_.EventCount(), 2U);
}

TEST_F(TimerWorkerTest, LetsAStopWinThatCameFirst) {
  Lend(1);
  ReachFirstReminder();
  const auto worker = AWorker();
  side_.handler->Submit(ARequest("return", Loan(1), ReturnItem()), [](command::Outcome) {});
  ASSERT_EQ(worker->Step().value(), StepResult::kProgressed);

  RunHandler();

  EXPECT_EQ(worker->fired(), 0U);
  EXPECT_EQ(side_.EventCount(), 2U) << "lent and returned, nothing reported";
}

// A policy that dropped a timer leaves its deadlines in the index.
TEST_F(TimerWorkerTest, AsksOnceAnHourAboutATimerThatTheWorkflowDoesNotHave) {
  Lend(1);
  side_.Accept(ARequest("note", Loan(1), ANote()));
  StartTimerOfAnotherPolicy(side_.store.ReadStream(Loan(1), CaseVersion(2), 1)->front().commit);
  ReachFirstReminder();
  const auto worker = AWorker();
  ASSERT_EQ(worker->Step().value(), StepResult::kProgressed);
  RunHandler();
  ASSERT_EQ(worker->fired(), 1U) << "the others are reported all the same";

  EXPECT_EQ(worker->Step().value(), StepResult::kIdle);
  side_.clock.AdvanceTo(side_.clock.Now() + kAskAgainAfter);
  EXPECT_EQ(worker->Step().value(), StepResult::kProgressed);
  RunHandler();
  EXPECT_EQ(worker->Step().value(), StepResult::kIdle);
}

TEST_F(TimerWorkerTest, AsksOnceAboutACaseThatDoesNotReadBack) {
  eventstore::Commit damaged;
  damaged.stream = Loan(99);
  damaged.first_version = CaseVersion(0);
  damaged.recorded_at = side_.clock.Now();
  damaged.events = {"no event"};
  StartTimerOfAnotherPolicy(damaged);
  const auto worker = AWorker();
  ASSERT_EQ(worker->Step().value(), StepResult::kProgressed);
  RunHandler();

  EXPECT_EQ(worker->Step().value(), StepResult::kIdle);
}

TEST_F(TimerWorkerTest, MakesARequestOfCaseTimerDateAndInstant) {
  const eventstore::DueTimer due{.stream = Loan(1),
                                 .timer = {.fires_at = absl::FromUnixSeconds(100), .key = "D1:x"}};

  const command::Request request = MakeDeadlineRequest(due);

  EXPECT_EQ(request.request_id.value(),
            absl::StrCat("timer:", Loan(1).case_id.value(), ":D1:x@100"));
  EXPECT_EQ(request.actor.role, "system");
  EXPECT_EQ(request.deadline_key, "D1:x");
  EXPECT_EQ(request.command.payload, nullptr);
}

}  // namespace
}  // namespace apdr::timer
