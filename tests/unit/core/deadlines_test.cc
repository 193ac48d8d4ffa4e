#include "engine/core/deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/next_actions.h"
#include "tests/unit/core/loan_fixture.h"

namespace apdr::core {
namespace {

using apdr::testing::ACommand;
using apdr::testing::AContext;
using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::LoanFixture;
using apdr::testing::On;
using apdr::testing::library::v1::LoanOverdue;
using apdr::testing::library::v1::RenewLoan;
using apdr::testing::library::v1::ReportLost;
using apdr::testing::library::v1::ReturnItem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const Date kLent = On("2026-03-02");  // Due on 2026-03-23 after 21 days.

std::vector<std::string> Keys(const State& state) {
  std::vector<std::string> keys;
  for (const auto& [key, running] : state.deadlines) keys.push_back(key);
  return keys;
}

std::vector<std::string> Keys(const std::vector<Deadline>& deadlines) {
  std::vector<std::string> keys;
  for (const Deadline& deadline : deadlines) keys.push_back(deadline.Key());
  return keys;
}

// Fires a deadline on `today` and folds what that makes; whether it made anything.
bool Fire(LoanFixture& loan, const std::string& key, Date today) {
  const std::vector<Event> events = DecideDeadline(loan.workflow, loan.state, key, AContext(today));
  for (const Event& event : events) Evolve(loan.workflow, loan.state, event);
  return !events.empty();
}

TEST(Deadlines, AreStartedByTheTimerTable) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  EXPECT_THAT(Keys(loan.state), ElementsAre("D1:2026-03-23:1", "D1:2026-03-23:2", "D2:2026-03-23:1",
                                            "D2:2026-03-23:2"));
}

TEST(Deadlines, AreStoppedByTheTimerTable) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  const std::vector<Event> events = loan.Given(ReturnItem(), kLent);
  EXPECT_THAT(events.front().deadlines_stopped, SizeIs(4));
  EXPECT_THAT(loan.state.deadlines, IsEmpty());
}

TEST(Deadlines, AreReplacedWhenTheirTimerStartsAgain) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  RenewLoan renewal;
  renewal.set_days(30);
  const std::vector<Event> events = loan.Given(std::move(renewal), kLent);
  EXPECT_THAT(events.front().deadlines_stopped, SizeIs(4));
  EXPECT_THAT(Keys(loan.state), ElementsAre("D1:2026-04-01:1", "D1:2026-04-01:2", "D2:2026-04-01:1",
                                            "D2:2026-04-01:2"));
}

TEST(Deadlines, DropAReminderThatIsAlreadyPast) {
  LoanFixture loan;
  // 4 days: the reminder 5 days ahead is past, the one 2 days ahead is not.
  const std::vector<Event> events = loan.Given(ALoan("slip-1", 4), kLent);
  EXPECT_THAT(Keys(events.front().deadlines_started),
              UnorderedElementsAre("D1:2026-03-06:2", "D2:2026-03-06:1", "D2:2026-03-06:2"));
}

TEST(Deadlines, KeepADueDateThatIsAlreadyPastButNeverFireIt) {
  LoanFixture loan;
  const Date today = On("2026-04-20");
  loan.Given(loan.Decide(ACommand(ALoan(), kLent), AContext(today)));  // Recorded late.
  ASSERT_TRUE(loan.state.deadlines.contains("D2:2026-03-23:1"));
  EXPECT_TRUE(loan.state.deadlines.at("D2:2026-03-23:1").deadline.past_when_recorded);
  EXPECT_FALSE(Fire(loan, "D2:2026-03-23:1", On("2026-04-21")));
}

TEST(Deadlines, AreStoppedOnlyIfTheStopReallyStops) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  loan.Given(ReportLost(), kLent);
  loan.Given(ANote(/*settles=*/false), kLent);
  EXPECT_THAT(Keys(loan.state), ElementsAre("D3:2026-04-01:0"));
  loan.Given(ANote(/*settles=*/true), kLent);
  EXPECT_THAT(loan.state.deadlines, IsEmpty());
}

TEST(Deadlines, OfOneCommandSeeWhatItsEarlierEventsDid) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  loan.Given(ReportLost(), kLent);
  // Two events; both may stop D3, only the second does, and it names the deadline once.
  const std::vector<Event> events = loan.Given(ReturnItem(), kLent);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_THAT(events[0].deadlines_stopped, IsEmpty());
  EXPECT_THAT(Keys(events[1].deadlines_stopped), ElementsAre("D3:2026-04-01:0"));
}

TEST(DecideDeadline, FiresFromSixInTheMorningLocalTime) {
  LoanFixture loan;
  loan.Given(ALoan("slip-1", 35), kLent);  // Due 2026-04-06, in summer time; overdue the day after.
  Context context = AContext(On("2026-04-07"));
  context.now = absl::FromCivil(absl::CivilSecond(2026, 4, 7, 4, 59, 59), absl::UTCTimeZone());
  EXPECT_THAT(DecideDeadline(loan.workflow, loan.state, "D2:2026-04-06:1", context), IsEmpty());
  context.now += absl::Seconds(1);
  EXPECT_THAT(DecideDeadline(loan.workflow, loan.state, "D2:2026-04-06:1", context), SizeIs(1));
}

TEST(DecideDeadline, ReportsTheDeadlineAndKeepsItOverdue) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  const std::vector<Event> events =
      DecideDeadline(loan.workflow, loan.state, "D2:2026-03-23:1", AContext(On("2026-03-25")));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(codec::As<LoanOverdue>(*events[0].payload).level(), 1U);
  EXPECT_EQ(events[0].deadline_fired, "D2:2026-03-23:1");
  EXPECT_EQ(events[0].occurred_on, On("2026-03-24"));
  Evolve(loan.workflow, loan.state, events[0]);
  EXPECT_TRUE(loan.state.deadlines.at("D2:2026-03-23:1").fired);
}

TEST(DecideDeadline, FiresOnce) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  EXPECT_TRUE(Fire(loan, "D2:2026-03-23:1", On("2026-03-24")));
  EXPECT_FALSE(Fire(loan, "D2:2026-03-23:1", On("2026-03-24")));
}

TEST(DecideDeadline, ForgetsAReminderThatHasFired) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  EXPECT_TRUE(Fire(loan, "D1:2026-03-23:1", On("2026-03-18")));
  EXPECT_FALSE(loan.state.deadlines.contains("D1:2026-03-23:1"));
  EXPECT_EQ(apdr::testing::LoanOf(loan.state).reminders(), 1U);
}

TEST(DecideDeadline, IsSilentForADeadlineThatNoLongerRuns) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  loan.Given(ReturnItem(), kLent);
  EXPECT_FALSE(Fire(loan, "D2:2026-03-23:1", On("2026-03-24")));
}

TEST(DecideDeadline, IsSilentForATimerThatThePolicyNoLongerHas) {
  LoanFixture loan;
  const Deadline deadline{.timer = "D9",
                          .due_on = kLent,
                          .fires_on = kLent,
                          .level = 0,
                          .reminder = false,
                          .past_when_recorded = false,
                          .explanation = ""};
  loan.state.deadlines[deadline.Key()] = {.deadline = deadline, .fired = false};
  EXPECT_FALSE(Fire(loan, deadline.Key(), kLent));
}

TEST(EvolveDeadlines, SurvivesAReportOfADeadlineItDoesNotHave) {
  std::map<std::string, RunningDeadline> deadlines;
  Event event;
  event.deadline_fired = "D2:2026-03-23:1";
  EvolveDeadlines(deadlines, event);
  EXPECT_THAT(deadlines, IsEmpty());
}

TEST(NextActions, ListWhatAppliesDatedOnesFirst) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  const std::vector<NextAction> actions = NextActions(loan.workflow, loan.state);
  ASSERT_THAT(actions, SizeIs(2));
  EXPECT_EQ(actions[0].spec->title, "Return the item");
  EXPECT_EQ(actions[0].due_on, On("2026-03-23"));
  EXPECT_THAT(actions[0].spec->roles, ElementsAre("borrower", "librarian"));
  EXPECT_EQ(actions[1].spec->title, "Renew if it is still needed");
  EXPECT_EQ(actions[1].due_on, std::nullopt);
}

TEST(NextActions, LeaveOutWhatNoLongerApplies) {
  LoanFixture loan;
  loan.Given(ALoan(), kLent);
  for (const std::uint32_t days : {30U, 40U}) {
    RenewLoan renewal;
    renewal.set_days(days);
    loan.Given(std::move(renewal), kLent);
  }
  EXPECT_THAT(NextActions(loan.workflow, loan.state), SizeIs(1));
  loan.Given(ReturnItem(), kLent);
  EXPECT_THAT(NextActions(loan.workflow, loan.state), IsEmpty());
}

}  // namespace
}  // namespace apdr::core
