#include "services/command/command_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/event/v1/event.pb.h"
#include "engine/base/shard_of.h"
#include "eventstore/newest_recorded_time.h"
#include "tests/support/command_side.h"

namespace apdr::command {
namespace {

using apdr::testing::ALoan;
using apdr::testing::AMove;
using apdr::testing::ANote;
using apdr::testing::ARequest;
using apdr::testing::Awaited;
using apdr::testing::Borrower;
using apdr::testing::CommandSide;
using apdr::testing::Loan;
using apdr::testing::On;
using apdr::testing::Verdict;
using apdr::testing::library::v1::RenewLoan;
using apdr::testing::library::v1::ReportLost;
using apdr::testing::library::v1::ReturnItem;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RenewLoan ARenewal(std::uint32_t days = 60) {
  RenewLoan message;
  message.set_days(days);
  return message;
}

// A note on another loan: "accepted", or the code of its warning.
Request ANoteOn(std::string id, const StreamId& loan, const StreamId& other) {
  auto note = ANote();
  note.set_text(other.case_id.value());
  return ARequest(std::move(id), loan, std::move(note));
}

std::string WarningOf(const Outcome& outcome) {
  const auto* accepted = std::get_if<Accepted>(&outcome);
  if (accepted == nullptr) return Verdict(outcome);
  return accepted->warnings.empty() ? "none" : accepted->warnings.front().rule_code;
}

TEST(CommandHandler, ReadsAnotherCaseThatADecisionLooksAt) {
  CommandSide side;
  (void)side.Accept(ARequest("r1", Loan(1), ALoan()));
  EXPECT_EQ(WarningOf(side.Execute(ANoteOn("r2", Loan(1), Loan(2)))), "NOTE_ON_NOTHING");
  (void)side.Accept(ARequest("r3", Loan(2), ALoan("slip-2")));
  EXPECT_EQ(WarningOf(side.Execute(ANoteOn("r4", Loan(1), Loan(2)))), "none");
  // Of another tenant it is not there.
  (void)side.Accept(ARequest("r5", Loan(3, "t2"), ALoan("slip-3")));
  EXPECT_EQ(WarningOf(side.Execute(ANoteOn("r6", Loan(1), Loan(3)))), "NOTE_ON_NOTHING");
}

TEST(CommandHandler, ReadsAnotherCaseAsItIsThoughItIsNotDurableYet) {
  CommandSide side;
  (void)side.Accept(ARequest("r1", Loan(1), ALoan()));
  Awaited lent;
  Awaited noted;
  side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-2")), lent.Take());
  side.handler->Submit(ANoteOn("r3", Loan(1), Loan(2)), noted.Take());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  EXPECT_FALSE(lent.here());
  ASSERT_TRUE(side.handler->committer().Step().ok());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  EXPECT_EQ(WarningOf(noted.outcome()), "none");
}

TEST(CommandHandler, ReadsOtherCasesThroughACacheThatHoldsOnlyOne) {
  HandlerOptions options;
  options.cached_cases_max = 1;
  CommandSide side(options);
  constexpr int kLoans = 40;
  for (int i = 1; i <= kLoans; ++i) {
    (void)side.Accept(ARequest(absl::StrCat("lend ", i), Loan(static_cast<std::uint64_t>(i)),
                               ALoan(absl::StrCat("slip-", i))));
  }
  side.Restart();
  for (int i = 1; i < kLoans; ++i) {
    EXPECT_EQ(WarningOf(side.Execute(ANoteOn(absl::StrCat("note ", i),
                                             Loan(static_cast<std::uint64_t>(i)),
                                             Loan(static_cast<std::uint64_t>(i + 1))))),
              "none");
  }
}

TEST(CommandHandler, GoesOnWithoutAnotherCaseThatDoesNotReadBack) {
  CommandSide side;
  (void)side.Accept(ARequest("r1", Loan(1), ALoan()));
  apdr::testing::AppendBytes(side.store, Loan(2), CaseVersion(1), "not an event");
  EXPECT_EQ(WarningOf(side.Execute(ANoteOn("r2", Loan(1), Loan(2)))), "NOTE_ON_NOTHING");
}

TEST(CommandHandler, AnswersWithVersionPlaceEventsAndNextActions) {
  CommandSide side;

  const Accepted lent = side.Accept(ARequest("r1", Loan(1), ALoan()));

  EXPECT_EQ(lent.version, CaseVersion(1));
  EXPECT_EQ(lent.shard, ShardOf(Loan(1).case_id, 2));
  EXPECT_EQ(lent.position, Position(1));
  ASSERT_THAT(lent.events, SizeIs(1));
  event::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(lent.events.front()));
  EXPECT_EQ(event.version(), 1U);
  EXPECT_EQ(event.request_id(), "r1");
  EXPECT_EQ(event.actor().role(), "librarian");
  EXPECT_THAT(lent.next_actions, SizeIs(2));
  EXPECT_FALSE(lent.repeated_request);
}

TEST(CommandHandler, GivesACommandOfTwoEventsTwoVersionsAndPositions) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan()));
  side.Accept(ARequest("r2", Loan(1), ReportLost()));

  const Accepted found = side.Accept(ARequest("r3", Loan(1), ReturnItem()));

  ASSERT_THAT(found.events, SizeIs(2));
  EXPECT_EQ(found.version, CaseVersion(4));
  EXPECT_EQ(found.position, Position(4));
}

TEST(CommandHandler, AnswersOnlyWhatIsDurable) {
  CommandSide side;
  Awaited accepted;
  Awaited refused;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), accepted.Take());
  side.handler->Submit(ARequest("r2", Loan(1), ALoan()), refused.Take());

  EXPECT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed);

  EXPECT_FALSE(accepted.here());
  EXPECT_FALSE(refused.here()) << "it was decided against what is not yet durable";
  EXPECT_EQ(side.EventCount(), 0U);
  EXPECT_EQ(side.handler->committer().Step().value(), StepResult::kProgressed);
  EXPECT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed);
  EXPECT_EQ(Verdict(accepted.outcome()), "accepted");
  EXPECT_EQ(Verdict(refused.outcome()), "CASE_EXISTS");
}

// Whatever is decided before the committer comes shares its sync, up to the limit of a batch.
TEST(CommandHandler, CommitsTogetherWhatWasDecidedStepByStepAndThenWaits) {
  CommandSide side({.batch_commands_max = 3});
  Awaited answers[4];
  for (std::uint64_t number = 0; number < 4; ++number) {
    // The third changes nothing, so it has an answer but no commit.
    Request request = number == 2 ? ARequest("r1", Loan(1), ANote())
                                  : ARequest(absl::StrCat("r", number), Loan(number),
                                             ALoan(absl::StrCat("slip-", number)));
    side.handler->Submit(std::move(request), answers[number].Take());
    const StepResult expected = number < 3 ? StepResult::kProgressed : StepResult::kIdle;
    EXPECT_EQ(side.handler->decider().Step().value(), expected) << "the batch is full";
  }

  EXPECT_EQ(side.handler->committer().Step().value(), StepResult::kProgressed);
  EXPECT_EQ(side.handler->committer().Step().value(), StepResult::kIdle);
  EXPECT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed);
  EXPECT_EQ(Verdict(answers[0].outcome()), "accepted");
  EXPECT_EQ(Verdict(answers[1].outcome()), "accepted");
  EXPECT_EQ(answers[1].accepted().events.size(), 1U);
  EXPECT_EQ(Verdict(answers[2].outcome()), "IDEMPOTENCY_MISMATCH");
  EXPECT_FALSE(answers[3].here());
  EXPECT_EQ(side.handler->committer().Step().value(), StepResult::kProgressed);
  EXPECT_EQ(side.handler->decider().Step().value(), StepResult::kProgressed) << "it answers";
  EXPECT_EQ(side.handler->decider().Step().value(), StepResult::kIdle);
  EXPECT_EQ(answers[3].accepted().version, CaseVersion(1));
}

TEST(CommandHandler, DecidesACommandAgainstTheOneBeforeItInTheSameBatch) {
  CommandSide side;
  Awaited lent;
  Awaited noted;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), lent.Take());
  Request note = ARequest("r2", Loan(1), ANote());
  note.command.expected = CaseVersion(1);
  side.handler->Submit(std::move(note), noted.Take());

  ASSERT_TRUE(side.handler->decider().Step().ok());
  ASSERT_TRUE(side.handler->committer().Step().ok());
  ASSERT_TRUE(side.handler->decider().Step().ok());

  EXPECT_EQ(lent.accepted().version, CaseVersion(1));
  EXPECT_EQ(noted.accepted().version, CaseVersion(2));
  EXPECT_EQ(noted.accepted().position, Position(2));
}

TEST(CommandHandler, TakesNoMoreIntoABatchThanItsLimit) {
  CommandSide side({.batch_commands_max = 2});
  Awaited answers[3];
  for (std::uint64_t number = 0; number < 3; ++number) {
    side.handler->Submit(
        ARequest(absl::StrCat("r", number), Loan(number), ALoan(absl::StrCat("slip-", number))),
        answers[number].Take());
  }

  ASSERT_TRUE(side.handler->decider().Step().ok());
  ASSERT_TRUE(side.handler->committer().Step().ok());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  EXPECT_TRUE(answers[1].here());
  EXPECT_FALSE(answers[2].here());
  ASSERT_TRUE(side.handler->committer().Step().ok());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  EXPECT_TRUE(answers[2].here());
}

TEST(CommandHandler, SaysWhatKindOfNoItIs) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan()));
  const auto kind = [&](Request request) {
    const Outcome outcome = side.Execute(std::move(request));
    const auto* rejection = std::get_if<core::Rejection>(&outcome);
    return rejection == nullptr ? std::nullopt : std::optional(rejection->kind);
  };

  using enum core::RejectionKind;
  EXPECT_EQ(kind(ARequest("x1", Loan(2), ANote())), kUnknownCase);
  EXPECT_EQ(kind(ARequest("x2", Loan(1), ALoan("slip-2"))), kReused);
  Request stale = ARequest("x3", Loan(1), ANote());
  stale.command.expected = CaseVersion(7);
  EXPECT_EQ(kind(std::move(stale)), kConflict);
  EXPECT_EQ(kind(ARequest("x4", Loan(1), ANote(), Borrower())), kNotAuthorised);
  EXPECT_EQ(kind(ARequest("x5", Loan(1), ANote(/*settles=*/true))), kRefused);
  EXPECT_EQ(kind(ARequest("x6", Loan(3), ALoan("slip-3", 1))), kMalformed);
  EXPECT_EQ(side.EventCount(), 1U) << "a refused command wrote something";
}

TEST(CommandHandler, WritesNothingWhenItIsAlreadySo) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan()));

  const Accepted unchanged = side.Accept(ARequest("r2", Loan(1), AMove("NORTH")));

  EXPECT_THAT(unchanged.events, IsEmpty());
  EXPECT_EQ(unchanged.version, CaseVersion(1));
  EXPECT_EQ(side.EventCount(), 1U);
}

TEST(CommandHandler, PreviewsWithoutWriting) {
  CommandSide side;
  Request preview = ARequest("preview", Loan(1), ALoan());
  preview.preview = true;

  const Accepted shown = side.Accept(std::move(preview));

  EXPECT_THAT(shown.events, SizeIs(1));
  EXPECT_EQ(shown.version, CaseVersion(1));
  EXPECT_THAT(shown.deadlines, SizeIs(4));
  EXPECT_EQ(side.EventCount(), 0U);
  const Accepted real = side.Accept(ARequest("preview", Loan(1), ALoan()));
  EXPECT_EQ(real.version, CaseVersion(1)) << "the preview changed the case in memory";
  EXPECT_FALSE(real.repeated_request);
}

TEST(CommandHandler, PreviewsTheSameCommandAgainWithoutMindingItsRequestId) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan()));
  Request preview = ARequest("r1", Loan(1), ANote());
  preview.preview = true;

  EXPECT_EQ(Verdict(side.Execute(std::move(preview))), "accepted");
}

TEST(CommandHandler, KeepsAUniqueKeyForOneCase) {
  CommandSide side;
  Awaited first;
  Awaited second;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan("slip-1")), first.Take());
  side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-1")), second.Take());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  ASSERT_TRUE(side.handler->committer().Step().ok());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  EXPECT_EQ(Verdict(first.outcome()), "accepted");
  EXPECT_EQ(Verdict(second.outcome()), "SLIP_TAKEN") << "in the same batch";

  EXPECT_EQ(Verdict(side.Execute(ARequest("r3", Loan(3), ALoan("slip-1")))), "SLIP_TAKEN");
  side.Restart();
  EXPECT_EQ(Verdict(side.Execute(ARequest("r4", Loan(4), ALoan("slip-1")))), "SLIP_TAKEN");
  EXPECT_EQ(Verdict(side.Execute(ARequest("r5", Loan(5, "t2"), ALoan("slip-1")))), "accepted")
      << "another tenant's slip";
}

TEST(CommandHandler, RefusesWhenTheQueueIsFull) {
  Awaited queued;  // Outlives the handler, which answers it when it goes.
  Awaited refused;
  CommandSide side({.queue_max = 1});
  side.handler->Submit(ARequest("r1", Loan(1), ALoan()), queued.Take());

  side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-2")), refused.Take());

  EXPECT_EQ(Verdict(refused.outcome()), "RESOURCE_EXHAUSTED");
  EXPECT_FALSE(queued.here());
}

TEST(CommandHandler, FiresADueDeadlineOnce) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan("slip-1", 21)));
  Request fire;
  fire.stream = Loan(1);
  fire.request_id = RequestId("timer:1");
  fire.deadline_key = "D1:2026-03-23:1";
  fire.actor = {.id = "apdr-timer", .role = "system", .setting_id = {}, .on_behalf_of = {}};
  EXPECT_THAT(side.Accept(fire).events, IsEmpty()) << "not due yet";
  side.clock.AdvanceTo(HourOf(On("2026-03-18"), 6, side.workflow.definition().zone));

  const Accepted fired = side.Accept(fire);
  fire.request_id = RequestId("timer:2");
  const Accepted again = side.Accept(fire);

  ASSERT_THAT(fired.events, SizeIs(1));
  event::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(fired.events.front()));
  EXPECT_EQ(event.deadline_fired(), "D1:2026-03-23:1");
  EXPECT_THAT(again.events, IsEmpty());
  EXPECT_THAT(side.store.DueTimers(side.clock.Now(), 10).value(), IsEmpty());
}

TEST(CommandHandler, RecordsTimesThatNeverGoBack) {
  struct Backwards final : Clock {
    [[nodiscard]] absl::Time Now() const override { return now -= absl::Hours(1); }
    [[nodiscard]] absl::Duration Monotonic() const override { return absl::ZeroDuration(); }
    mutable absl::Time now = absl::FromUnixSeconds(1772452800);
  };
  CommandSide side;
  const Backwards clock;
  CommandHandler handler({.workflow = side.workflow,
                          .store = side.store,
                          .snapshots = nullptr,
                          .clock = clock,
                          .ids = side.ids},
                         {});
  (void)ExecuteInline(handler, ARequest("r1", Loan(1), ALoan()));
  (void)ExecuteInline(handler, ARequest("r2", Loan(1), ANote()));

  const auto commits = side.store.ReadStream(Loan(1), CaseVersion(1), 10).value();

  ASSERT_THAT(commits, SizeIs(2));
  EXPECT_GE(commits[1].commit.recorded_at, commits[0].commit.recorded_at);
}

TEST(CommandHandler, DecidesNothingForACallerThatHasGone) {
  CommandSide side;
  Request gone = ARequest("r1", Loan(1), ALoan());
  gone.abandoned = [] { return true; };

  EXPECT_EQ(Verdict(side.Execute(std::move(gone))), "CANCELLED");
  EXPECT_EQ(side.EventCount(), 0U);
}

TEST(CommandHandler, CountsWhatWaitsBehindABatchAgainstTheQueue) {
  std::vector<Awaited> answers(7);
  CommandSide side({.queue_max = 4, .batch_commands_max = 2});
  const auto submit = [&](std::size_t number) {
    const std::string id = absl::StrCat("slip-", number);
    side.handler->Submit(ARequest(id, Loan(number), ALoan(id)), answers.at(number).Take());
  };
  for (std::size_t number = 0; number < 4; ++number) submit(number);
  ASSERT_TRUE(side.handler->decider().Step().ok());  // Takes two.

  for (std::size_t number = 4; number < 7; ++number) submit(number);

  EXPECT_FALSE(answers[5].here());
  ASSERT_TRUE(answers[6].here());
  EXPECT_EQ(Verdict(answers[6].outcome()), "RESOURCE_EXHAUSTED");
}

TEST(CommandHandler, BoundsTheBytesThatWait) {
  Awaited first;
  Awaited second;
  CommandSide side({.queue_bytes_max = 1000});
  for (Awaited* answer : {&first, &second}) {
    Request large = ARequest("r1", Loan(1), ALoan());
    large.bytes = 600;
    side.handler->Submit(std::move(large), answer->Take());
  }

  EXPECT_FALSE(first.here());
  ASSERT_TRUE(second.here());
  EXPECT_EQ(Verdict(second.outcome()), "RESOURCE_EXHAUSTED");
}

TEST(CommandHandler, RecordsAfterARestartNoEarlierThanBefore) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan()));
  const absl::Time newest =
      eventstore::NewestRecordedTime(side.store, absl::InfinitePast()).value();
  ASSERT_EQ(newest, side.clock.Now());
  const SettableClock set_back(newest - absl::Hours(24 * 365));
  CommandHandler handler({.workflow = side.workflow,
                          .store = side.store,
                          .snapshots = nullptr,
                          .clock = set_back,
                          .ids = side.ids},
                         {.recorded_not_before = newest});
  const Outcome first = ExecuteInline(handler, ARequest("r2", Loan(2), ALoan("slip-2")));
  const Outcome again = ExecuteInline(handler, ARequest("r2", Loan(2), ALoan("slip-2")));
  EXPECT_EQ(std::get<Accepted>(again).today, std::get<Accepted>(first).today);

  const auto commits = side.store.ReadStream(Loan(2), CaseVersion(1), 10).value();
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_EQ(commits[0].commit.recorded_at, newest);
}

// Every case is loaded from the log or a snapshot each time when memory holds one.
TEST(CommandHandler, GivesTheSameAnswersWhenMemoryHoldsOneCase) {
  CommandSide roomy;
  CommandSide tight({.cached_cases_max = 1, .snapshot_every = 3});
  for (int round = 0; round < 12; ++round) {
    for (std::uint64_t number = 1; number <= 3; ++number) {
      const std::string id = absl::StrCat("r", round, "-", number);
      const auto run = [&](CommandSide& side) {
        return round == 0 ? side.Execute(ARequest(id, Loan(number), ALoan(id)))
                          : side.Execute(ARequest(id, Loan(number), ANote()));
      };
      const Outcome expected = run(roomy);
      const Outcome actual = run(tight);
      ASSERT_EQ(Verdict(actual), Verdict(expected)) << id;
      ASSERT_EQ(std::get<Accepted>(actual).version, std::get<Accepted>(expected).version) << id;
    }
  }
  EXPECT_TRUE(tight.store.ReadSnapshot(Loan(1)).value().has_value());
  EXPECT_FALSE(roomy.store.ReadSnapshot(Loan(1)).value().has_value());
}

TEST(CommandHandler, StartsAColdLoadFromTheSnapshotWhenItFits) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan("slip-1")));
  side.Accept(ARequest("r2", Loan(2), ALoan("slip-2")));
  side.Accept(ARequest("r3", Loan(2), ARenewal(60)));
  side.Accept(ARequest("r4", Loan(2), ARenewal(70)));
  side.Accept(ARequest("r5", Loan(1), ANote()));
  side.Accept(ARequest("r6", Loan(1), ANote()));
  // Doctored, so that its use shows: loan 1 with the renewals of loan 2.
  side.options.snapshot_every = 1;
  side.Restart();
  EXPECT_EQ(Verdict(side.Execute(ARequest("x1", Loan(2), ARenewal(80)))), "RENEWALS_USED_UP");
  const eventstore::Snapshot used_up = side.store.ReadSnapshot(Loan(2)).value().value();
  ASSERT_EQ(used_up.version, CaseVersion(3));
  ASSERT_TRUE(side.store.WriteSnapshot(Loan(1), used_up).ok());
  side.Restart();
  EXPECT_EQ(Verdict(side.Execute(ARequest("x2", Loan(1), ARenewal(80)))), "RENEWALS_USED_UP");

  eventstore::Snapshot foreign = used_up;
  foreign.format = "another format";
  ASSERT_TRUE(side.store.WriteSnapshot(Loan(1), foreign).ok());
  side.Restart();
  EXPECT_EQ(Verdict(side.Execute(ARequest("x3", Loan(1), ARenewal(80)))), "accepted");
}

TEST(CommandHandler, FoldsTheLogWhenASnapshotDoesNotReadBack) {
  CommandSide side;
  side.Accept(ARequest("r1", Loan(1), ALoan()));
  side.options.snapshot_every = 1;
  side.Restart();
  side.Accept(ARequest("r2", Loan(1), ANote()));
  eventstore::Snapshot broken = side.store.ReadSnapshot(Loan(1)).value().value();
  broken.state = "\xff\xff\xff";
  broken.version = CaseVersion(2);
  ASSERT_TRUE(side.store.WriteSnapshot(Loan(1), broken).ok());
  side.Restart();

  EXPECT_EQ(side.Accept(ARequest("r3", Loan(1), ANote())).version, CaseVersion(3));
}

}  // namespace
}  // namespace apdr::command
