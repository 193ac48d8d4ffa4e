// One request id, at most one effect; a failed write, and everyone told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "tests/support/command_side.h"
#include "tests/support/forwarding_store.h"

namespace apdr::command {
namespace {

using apdr::testing::ALoan;
using apdr::testing::AMove;
using apdr::testing::ANote;
using apdr::testing::ARequest;
using apdr::testing::Awaited;
using apdr::testing::CommandSide;
using apdr::testing::Loan;
using apdr::testing::On;
using apdr::testing::RunDry;
using apdr::testing::Verdict;
using eventstore::AppendFault;
using ::testing::SizeIs;

void ExpectSameAnswer(const Accepted& again, const Accepted& first) {
  EXPECT_TRUE(again.repeated_request);
  EXPECT_EQ(again.case_id, first.case_id);
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(again.shard, first.shard);
  EXPECT_EQ(again.position, first.position);
  EXPECT_EQ(again.events, first.events);
  EXPECT_EQ(again.warnings, first.warnings);
  EXPECT_EQ(again.next_actions, first.next_actions);
  EXPECT_EQ(again.today, first.today);
}

TEST(RepeatedRequest, GetsTheFirstAnswerHoweverFarTheCaseHasMovedOn) {
  CommandSide side;
  const Accepted first = side.Accept(ARequest("r1", Loan(1), ALoan()));
  side.Accept(ARequest("r2", Loan(1), ANote()));

  ExpectSameAnswer(side.Accept(ARequest("r1", Loan(1), ALoan())), first);
  side.clock.AdvanceTo(side.clock.Now() + absl::Hours(24 * 365));
  side.Restart();
  ExpectSameAnswer(side.Accept(ARequest("r1", Loan(1), ALoan())), first);
  EXPECT_EQ(side.EventCount(), 2U);
}

TEST(RepeatedRequest, GetsTheFirstAnswerInWhateverOrderRepeatsCome) {
  CommandSide side;
  PseudoRandom random(20261126);
  constexpr std::uint64_t kLoans = 3;
  constexpr std::uint64_t kSteps = 20;
  const auto request = [](std::uint64_t loan, std::uint64_t step) {
    const std::string id = absl::StrCat("r", loan, "-", step);
    if (step == 0) return ARequest(id, Loan(loan), ALoan(id));
    return ARequest(id, Loan(loan), AMove(absl::StrCat("branch-", step)));
  };
  std::vector<std::vector<Accepted>> first(kLoans);
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    if (step % 5 == 4) {
      // The first to ask about a case is then a repeat.
      side.Restart();
      ExpectSameAnswer(side.Accept(request(1, step / 2)), first[1][step / 2]);
    }
    for (std::uint64_t loan = 0; loan < kLoans; ++loan) {
      first[loan].push_back(side.Accept(request(loan, step)));
      // In order, and anywhere.
      ExpectSameAnswer(side.Accept(request(loan, step / 2)), first[loan][step / 2]);
      const std::uint64_t other = random.Next() % (step + 1);
      ExpectSameAnswer(side.Accept(request(loan, other)), first[loan][other]);
    }
  }
  EXPECT_EQ(side.EventCount(), kLoans * kSteps);
}

TEST(RepeatedRequest, GetsTheFirstAnswerThoughManyCasesAreAskedAboutInTurn) {
  CommandSide side;
  constexpr std::uint64_t kLoans = 2200;  // More than are kept for repeats.
  const auto lend = [](std::uint64_t loan) {
    return ARequest(absl::StrCat("lend ", loan), Loan(loan), ALoan(absl::StrCat("slip-", loan)));
  };
  std::vector<Accepted> first;
  for (std::uint64_t loan = 0; loan < kLoans; ++loan) {
    first.push_back(side.Accept(lend(loan)));
    side.Accept(ARequest(absl::StrCat("note ", loan), Loan(loan), ANote()));
  }
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t loan = 0; loan < kLoans; ++loan) {
      ExpectSameAnswer(side.Accept(lend(loan)), first[loan]);
    }
  }
}

TEST(RepeatedRequest, WaitsForTheFirstInTheSameBatch) {
  CommandSide side;
  Awaited first;
  Awaited again;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), first.Take());
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), again.Take());

  RunDry(*side.handler);

  ExpectSameAnswer(again.accepted(), first.accepted());
  EXPECT_EQ(side.EventCount(), 1U);
}

TEST(RepeatedRequest, WaitsForTheFirstWhetherTheBatchHasRoomForBothOrNot) {
  for (const std::size_t batch_commands_max : {2, 100}) {
    command::HandlerOptions options;
    options.batch_commands_max = batch_commands_max;
    CommandSide side(options);
    std::vector<std::unique_ptr<Awaited>> awaited;
    const auto submit = [&](const std::string& id, std::uint64_t loan) {
      awaited.push_back(std::make_unique<Awaited>());
      side.handler->Submit(ARequest(id, Loan(loan), ALoan(absl::StrCat("slip-", loan))),
                           awaited.back()->Take());
    };
    submit("r1", 1);
    for (std::uint64_t other = 2; other <= 20; ++other) submit(absl::StrCat("r", other), other);
    submit("r1", 1);

    RunDry(*side.handler);

    ExpectSameAnswer(awaited.back()->accepted(), awaited.front()->accepted());
    EXPECT_EQ(side.EventCount(), 20U);
  }
}

// A store in which something happens just after it was asked which names are taken.
class WatchedStore final : public apdr::testing::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  absl::StatusOr<std::vector<bool>> AreTaken(
      std::span<const eventstore::RequestName> names) override {
    const auto taken = ForwardingStore::AreTaken(names);
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    if (fails) return absl::UnknownError("no answer");
    return taken;
  }

  std::function<void()> meanwhile;
  bool fails = false;
};

// A command side on a WatchedStore.
struct WatchedSide {
  WatchedSide() {
    const CommandHandler::Parts parts{.workflow = side.workflow,
                                      .store = store,
                                      .snapshots = &side.store,
                                      .clock = side.clock,
                                      .ids = side.ids};
    side.handler = std::make_unique<CommandHandler>(parts, side.options);
  }

  CommandSide side;
  WatchedStore store{side.store};
};

TEST(RepeatedRequest, IsSeenThoughTheFirstBecomesDurableJustAfterTheStoreWasAsked) {
  WatchedSide watched;
  CommandHandler& handler = *watched.side.handler;
  Awaited first;
  Awaited again;
  handler.Submit(ARequest("r1", Loan(1), ALoan()), first.Take());
  ASSERT_TRUE(handler.decider().Step().ok());
  handler.Submit(ARequest("r1", Loan(1), ALoan()), again.Take());
  watched.store.meanwhile = [&handler] { ASSERT_TRUE(handler.committer().Step().ok()); };

  RunDry(handler);
  RunDry(handler);  // The committer has woken the decider again.

  EXPECT_FALSE(watched.store.meanwhile);
  ExpectSameAnswer(again.accepted(), first.accepted());
  EXPECT_EQ(watched.side.EventCount(), 1U);
}

TEST(RepeatedRequest, IsSeenThoughTheStoreCannotBeAskedForMany) {
  WatchedSide watched;
  const Accepted first = watched.side.Accept(ARequest("r1", Loan(1), ALoan()));
  watched.store.fails = true;
  ExpectSameAnswer(watched.side.Accept(ARequest("r1", Loan(1), ALoan())), first);
  EXPECT_EQ(watched.side.EventCount(), 1U);
}

TEST(RepeatedRequest, IsAnsweredUnderSteadyLoad) {
  CommandSide side;
  side.Accept(ARequest("r0", Loan(1), ALoan()));
  Awaited first;
  Awaited again;
  side.handler->Submit(ARequest("r1", Loan(1), ANote()), first.Take());
  side.handler->Submit(ARequest("r1", Loan(1), ANote()), again.Take());
  std::vector<std::unique_ptr<Awaited>> load;
  // There is always a next batch decided before the last one is durable.
  for (int round = 0; round < 10 && !again.here(); ++round) {
    load.push_back(std::make_unique<Awaited>());
    side.handler->Submit(ARequest(absl::StrCat("load-", round), Loan(1), ANote()),
                         load.back()->Take());
    ASSERT_TRUE(side.handler->decider().Step().ok());
    if (round > 0) {
      ASSERT_TRUE(side.handler->committer().Step().ok());
    }
  }
  EXPECT_TRUE(again.here()) << "a repeat starves while others are served";
  RunDry(*side.handler);
}

TEST(RepeatedRequest, WithOtherContentIsRefusedBeforeAndAfterItIsDurable) {
  CommandSide side;
  Awaited first;
  Awaited other;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan("slip-1")), first.Take());
  side.handler->Submit(ARequest("r1", Loan(2), ALoan("slip-2")), other.Take());
  RunDry(*side.handler);
  EXPECT_EQ(Verdict(first.outcome()), "accepted");
  EXPECT_EQ(Verdict(other.outcome()), "IDEMPOTENCY_MISMATCH");
  EXPECT_EQ(std::get<core::Rejection>(other.outcome()).kind, core::RejectionKind::kReused);

  EXPECT_EQ(Verdict(side.Execute(ARequest("r1", Loan(1), ANote()))), "IDEMPOTENCY_MISMATCH");
  side.Restart();
  EXPECT_EQ(Verdict(side.Execute(ARequest("r1", Loan(1), ANote()))), "IDEMPOTENCY_MISMATCH");
  EXPECT_EQ(side.EventCount(), 1U);
}

TEST(RepeatedRequest, OfARefusedCommandIsDecidedAgain) {
  CommandSide side;
  EXPECT_EQ(Verdict(side.Execute(ARequest("r1", Loan(1), ANote()))), "CASE_UNKNOWN");
  side.Accept(ARequest("r0", Loan(1), ALoan()));

  EXPECT_FALSE(side.Accept(ARequest("r1", Loan(1), ANote())).repeated_request);
}

TEST(RepeatedRequest, OfAnotherTenantIsAnotherRequest) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1, "t1"), ALoan()));

  EXPECT_FALSE(side.Accept(ARequest("r1", Loan(1, "t2"), ALoan())).repeated_request);
}

TEST(FailedAppend, TellsEveryoneAndAcceptsNothingMore) {
  CommandSide side({.batch_commands_max = 2});
  Awaited written;
  Awaited decided;
  Awaited deferred;
  Awaited joined;
  Awaited queued;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan("slip-1")), written.Take());
  ASSERT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed);
  side.store.FailNextAppend(AppendFault::kBeforeWrite, [&] {
    side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-2")), decided.Take());
    side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-2")), deferred.Take());
    ASSERT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed);
    side.handler->Submit(ARequest("r3", Loan(3), ALoan("slip-3")), joined.Take());
    ASSERT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed);
    side.handler->Submit(ARequest("r4", Loan(4), ALoan("slip-4")), queued.Take());
    EXPECT_EQ(side.handler->decider().Step().value(), StepResult::kIdle) << "the batch is full";
  });

  EXPECT_EQ(side.handler->committer().Step().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(side.handler->decider().Step().status().code(), absl::StatusCode::kInternal);

  for (const Awaited* answer : {&written, &decided, &deferred, &joined, &queued}) {
    ASSERT_TRUE(answer->here());
    EXPECT_EQ(Verdict(answer->outcome()), "INTERNAL");
  }
  Awaited later;
  side.handler->Submit(ARequest("r5", Loan(5), ALoan("slip-5")), later.Take());
  EXPECT_EQ(Verdict(later.outcome()), "INTERNAL");
  EXPECT_EQ(side.handler->committer().Step().status().code(), absl::StatusCode::kInternal);
  side.store.Restart();
  EXPECT_EQ(side.EventCount(), 0U);
}

TEST(FailedAppend, TellsARepeatThatWaitsForTheFirst) {
  CommandSide side;
  Awaited first;
  Awaited again;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), first.Take());
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), again.Take());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  side.store.FailNextAppend(AppendFault::kAnswerLost);

  EXPECT_FALSE(side.handler->committer().Step().ok());
  EXPECT_FALSE(side.handler->decider().Step().ok());

  ASSERT_TRUE(again.here());
  EXPECT_EQ(Verdict(again.outcome()), "INTERNAL") << "whether it was done is not known";
}

TEST(FailedAppend, LeavesARetryWithExactlyOneEffect) {
  for (const AppendFault fault : {AppendFault::kBeforeWrite, AppendFault::kAnswerLost}) {
    CommandSide side;
    side.store.FailNextAppend(fault);
    EXPECT_EQ(Verdict(side.Execute(ARequest("r1", Loan(1), ALoan()))), "INTERNAL");
    side.Restart();

    const Accepted retried = side.Accept(ARequest("r1", Loan(1), ALoan()));

    EXPECT_EQ(retried.repeated_request, fault == AppendFault::kAnswerLost);
    EXPECT_EQ(retried.version, CaseVersion(1));
    EXPECT_EQ(side.EventCount(), 1U);
  }
}

TEST(StoppedHandler, TellsThoseWhoWaitThatNothingWasDone) {
  CommandSide side({.batch_commands_max = 1});
  Awaited decided;
  Awaited taken;
  Awaited queued;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan("slip-1")), decided.Take());
  side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-2")), taken.Take());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  side.handler->Submit(ARequest("r3", Loan(3), ALoan("slip-3")), queued.Take());

  side.handler.reset();

  for (const Awaited* answer : {&decided, &taken, &queued}) {
    ASSERT_TRUE(answer->here());
    EXPECT_EQ(Verdict(answer->outcome()), "UNAVAILABLE");
  }
  EXPECT_EQ(side.EventCount(), 0U);
}

}  // namespace
}  // namespace apdr::command
