#include "engine/core/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/loan_fixture.h"

namespace apdr::core {
namespace {

using apdr::testing::ACommand;
using apdr::testing::AContext;
using apdr::testing::ALoan;
using apdr::testing::AMove;
using apdr::testing::ANote;
using apdr::testing::Borrower;
using apdr::testing::Code;
using apdr::testing::Librarian;
using apdr::testing::LoanFixture;
using apdr::testing::On;
using apdr::testing::RejectionOf;
using apdr::testing::Types;
using apdr::testing::library::v1::AddNote;
using apdr::testing::library::v1::ItemLent;
using apdr::testing::library::v1::MoveLoan;
using apdr::testing::library::v1::RenewLoan;
using apdr::testing::library::v1::ReportLost;
using apdr::testing::library::v1::ReturnItem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

const Date kMonday = On("2026-03-02");

RenewLoan ARenewal(std::uint32_t days = 30) {
  RenewLoan command;
  command.set_days(days);
  return command;
}

// A loan renewed as often as the house rules like.
LoanFixture ALoanRenewedTwice() {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  loan.Given(ARenewal(30), kMonday);
  loan.Given(ARenewal(40), kMonday);
  return loan;
}

TEST(Decide, AcceptsACommandThatOpensACase) {
  const LoanFixture loan;
  const Decision decision = loan.Decide(ALoan(), kMonday);
  EXPECT_THAT(Types(decision), ElementsAre("ItemLent"));
  const Event& event = std::get<std::vector<Event>>(decision).front();
  EXPECT_EQ(event.occurred_on, kMonday);
  EXPECT_EQ(event.policy, "library-2026@1");
}

TEST(Decide, GivesTheSameDecisionForTheSameInputs) {
  const LoanFixture loan;
  const auto first = std::get<std::vector<Event>>(loan.Decide(ALoan(), kMonday));
  const auto second = std::get<std::vector<Event>>(loan.Decide(ALoan(), kMonday));
  EXPECT_EQ(first.front().deadlines_started, second.front().deadlines_started);
  EXPECT_EQ(codec::As<ItemLent>(*first.front().payload).SerializeAsString(),
            codec::As<ItemLent>(*second.front().payload).SerializeAsString());
}

TEST(Decide, RejectsAPayloadThatIsNoCommandOfTheWorkflow) {
  const LoanFixture loan;
  const Decision decision = loan.Decide(ItemLent(), kMonday);
  EXPECT_EQ(Code(decision), "COMMAND_UNKNOWN");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kMalformed);
  EXPECT_EQ(RejectionOf(decision).message,
            "Expected to run a command, but the workflow declares no command of this type.");
}

TEST(Decide, SaysThatACaseExistsWhichWasExpectedToBeNew) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  Command command = ACommand(ANote(), kMonday);
  command.expected = CaseVersion(0);
  const Decision decision = loan.Decide(command, AContext(kMonday));
  EXPECT_EQ(Code(decision), "CASE_EXISTS");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kReused);
}

TEST(Decide, RejectsAnExpectedVersionThatTheCaseIsNotAt) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  Command command = ACommand(ANote(), kMonday);
  command.expected = CaseVersion(7);
  const Decision decision = loan.Decide(command, AContext(kMonday));
  EXPECT_EQ(Code(decision), "VERSION_CONFLICT");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kConflict);
  EXPECT_THAT(RejectionOf(decision).metadata,
              ElementsAre(Pair("version", "1"), Pair("expected", "7")));
}

TEST(Decide, AcceptsTheExpectedVersion) {
  LoanFixture loan;
  Command open = ACommand(ALoan(), kMonday);
  open.expected = CaseVersion(0);
  loan.Given(loan.Decide(open, AContext(kMonday)));
  Command note = ACommand(ANote(), kMonday);
  note.expected = CaseVersion(1);
  EXPECT_EQ(Code(loan.Decide(note, AContext(kMonday))), "accepted");
}

TEST(Decide, RejectsARoleThatTheDeclarationDoesNotAdmit) {
  const LoanFixture loan;
  const Decision decision = loan.Decide(ALoan(), kMonday, Borrower());
  EXPECT_EQ(Code(decision), "NOT_AUTHORISED");
  EXPECT_EQ(RejectionOf(decision).message,
            "Expected to lend the item, but the role 'borrower' may not; these may: librarian, "
            "system.");
}

TEST(Decide, RejectsARoleThatNobodyDeclaredEvenWhereEveryRoleMay) {
  LoanFixture loan;
  loan.Given(loan.Decide(ALoan(), kMonday));
  const Decision decision = loan.Decide(
      ACommand(apdr::testing::library::v1::RenewLoan(), kMonday),
      AContext(kMonday, {.id = "x", .role = "visitor", .setting_id = "", .on_behalf_of = ""}));
  EXPECT_EQ(Code(decision), "NOT_AUTHORISED");
  EXPECT_EQ(RejectionOf(decision).message,
            "Expected to renew the loan, but the role 'visitor' may not; these may: librarian, "
            "borrower, system.");
}

TEST(Decide, AdmitsEveryRoleToACommandWithoutRoles) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  EXPECT_EQ(Code(loan.Decide(ARenewal(), kMonday, Borrower())), "accepted");
}

TEST(Decide, RejectsACommandToACaseThatDoesNotExist) {
  const LoanFixture loan;
  const Decision decision = loan.Decide(ReturnItem(), kMonday);
  EXPECT_EQ(Code(decision), "CASE_UNKNOWN");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kUnknownCase);
}

TEST(Decide, RejectsOpeningACaseTwice) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  const Decision decision = loan.Decide(ALoan(), kMonday);
  EXPECT_EQ(Code(decision), "CASE_EXISTS");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kReused);
}

TEST(Decide, NamesTheStageAndWhatAdmitsTheCommand) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  loan.Given(ReturnItem(), kMonday);
  const Decision decision = loan.Decide(ReturnItem(), kMonday);
  EXPECT_EQ(Code(decision), "STAGE_ORDER");
  EXPECT_THAT(RejectionOf(decision).metadata,
              ElementsAre(Pair("stage", "returned"), Pair("admitted_stages", "lent, lost")));
}

TEST(Decide, AdmitsACommandWithoutStagesWhileTheCaseIsOpen) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  loan.Given(ReportLost(), kMonday);
  EXPECT_EQ(Code(loan.Decide(ANote(), kMonday)), "accepted");
}

TEST(Decide, JudgesARuleBeforeTheStage) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  loan.Given(ReturnItem(), kMonday);
  Actor stranger = Librarian();
  stranger.setting_id = "SOUTH";
  EXPECT_EQ(Code(loan.Decide(ReturnItem(), kMonday, stranger)), "OTHER_BRANCH");
}

TEST(Decide, JudgesNoOwnershipOfACaseThatDoesNotExist) {
  const LoanFixture loan;
  Actor stranger = Librarian();
  stranger.setting_id = "SOUTH";
  EXPECT_EQ(Code(loan.Decide(ALoan(), kMonday, stranger)), "accepted");
}

TEST(Decide, SaysThatARuleWrongInAnyStateIsMalformed) {
  const LoanFixture loan;
  const Decision decision = loan.Decide(ALoan("slip-1", 1), kMonday);
  EXPECT_EQ(Code(decision), "LOAN_TOO_SHORT");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kMalformed);
}

TEST(Decide, NamesEveryBrokenRuleOfTheFirstFailingClassInOrder) {
  const LoanFixture loan;
  Context context = AContext(kMonday);
  context.key_holders["slip:slip-1"] = CaseId("other");
  const Decision decision = loan.Decide(ACommand(ALoan("slip-1", 1), kMonday), context);
  const Rejection& rejection = RejectionOf(decision);
  ASSERT_THAT(rejection.violations, SizeIs(2));
  EXPECT_EQ(rejection.violations[0].code, "SLIP_TAKEN");
  EXPECT_EQ(rejection.violations[1].code, "LOAN_TOO_SHORT");
  EXPECT_EQ(rejection.kind, RejectionKind::kRefused);  // One of them depends on the state.
  EXPECT_EQ(rejection.message,
            "Expected to lend the item, but the slip belongs to another loan; and a loan of one "
            "day is read in the library.");
  EXPECT_THAT(rejection.metadata, ElementsAre(Pair("holder", "other")));
}

TEST(Decide, RejectsABrokenMustBeforeABrokenShould) {
  const LoanFixture loan = ALoanRenewedTwice();
  EXPECT_EQ(Code(loan.Decide(ARenewal(), On("2026-08-03"))), "OVERDUE_NOT_RENEWED");
}

TEST(Decide, RejectsABrokenShouldWithoutADeparture) {
  const LoanFixture loan = ALoanRenewedTwice();
  EXPECT_EQ(Code(loan.Decide(ARenewal(80), kMonday)), "RENEWALS_USED_UP");
}

TEST(Decide, RecordsTheDepartureThatLiftsAShould) {
  const LoanFixture loan = ALoanRenewedTwice();
  Command command = ACommand(ARenewal(80), kMonday);
  const Departure departure{"RENEWALS_USED_UP", "nobody else is waiting for it", "p-17"};
  command.departures = {departure};
  const auto events = std::get<std::vector<Event>>(loan.Decide(command, AContext(kMonday)));
  EXPECT_THAT(events.front().departures, ElementsAre(departure));
  EXPECT_THAT(events.front().warnings, IsEmpty());
}

TEST(Decide, LetsNoDepartureLiftAMust) {
  const LoanFixture loan = ALoanRenewedTwice();
  Command command = ACommand(ARenewal(80), On("2026-08-03"));
  command.departures = {{"OVERDUE_NOT_RENEWED", "nobody else is waiting for it", "p-17"},
                        {"RENEWALS_USED_UP", "nobody else is waiting for it", "p-17"}};
  EXPECT_EQ(Code(loan.Decide(command, AContext(On("2026-08-03")))), "OVERDUE_NOT_RENEWED");
}

TEST(Decide, JudgesARuleByTheStrengthItHasInThisCase) {
  LoanFixture loan = ALoanRenewedTwice();
  loan.Given(AMove("STRICT"), kMonday);
  Command command = ACommand(ARenewal(80), kMonday);
  command.departures = {{"RENEWALS_USED_UP", "nobody else is waiting for it", "p-17"}};
  EXPECT_EQ(Code(loan.Decide(command, AContext(kMonday))), "RENEWALS_USED_UP");
}

TEST(Decide, WarnsOfADepartureThatWasNotNeeded) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  Command command = ACommand(ARenewal(), kMonday);
  command.departures = {{"RENEWALS_USED_UP", "nobody else is waiting for it", "p-17"}};
  const auto events = std::get<std::vector<Event>>(loan.Decide(command, AContext(kMonday)));
  EXPECT_THAT(events.front().departures, IsEmpty());
  ASSERT_THAT(events.front().warnings, SizeIs(1));
  EXPECT_EQ(events.front().warnings[0].rule_code, "DEPARTURE_NOT_NEEDED");
}

TEST(Decide, RejectsADepartureFromARuleThatDoesNotExist) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  Command command = ACommand(ARenewal(), kMonday);
  command.departures = {{"NO_SUCH_RULE", "nobody else is waiting for it", "p-17"}};
  const Decision decision = loan.Decide(command, AContext(kMonday));
  EXPECT_EQ(Code(decision), "DEPARTURE_UNKNOWN_RULE");
  EXPECT_EQ(RejectionOf(decision).kind, RejectionKind::kMalformed);
}

TEST(Decide, AcceptsABrokenWarningAndSaysSoOnTheFirstEvent) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  loan.Given(ReportLost(), On("2026-03-09"));
  const auto events = std::get<std::vector<Event>>(loan.Decide(ReturnItem(), On("2026-04-09")));
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_THAT(events[0].warnings,
              ElementsAre(Warning{"RETURNED_LATE", "the item was due earlier"}));
  EXPECT_THAT(events[1].warnings, IsEmpty());
}

TEST(Decide, WritesNothingWhenItIsAlreadySo) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  EXPECT_THAT(Types(loan.Decide(AMove("NORTH"), kMonday)), IsEmpty());
}

TEST(Decide, ChangesNothingItWasGiven) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  const State before = loan.state.Clone();
  (void)loan.Decide(ReturnItem(), kMonday);
  EXPECT_EQ(before.version, loan.state.version);
  EXPECT_EQ(before.deadlines, loan.state.deadlines);
}

std::vector<std::string> Codes(const std::vector<Obstacle>& obstacles) {
  std::vector<std::string> codes;
  for (const Obstacle& obstacle : obstacles) codes.push_back(obstacle.rule_code);
  return codes;
}

TEST(Foresee, SaysNothingOfACommandThatIsAdmitted) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  EXPECT_THAT(loan.Foresee<RenewLoan>(kMonday), IsEmpty());
}

TEST(Foresee, NamesTheStage) {
  const LoanFixture loan;
  EXPECT_THAT(Codes(loan.Foresee<RenewLoan>(kMonday)), ElementsAre("CASE_UNKNOWN"));
}

TEST(Foresee, NamesTheRole) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  EXPECT_THAT(Codes(loan.Foresee<MoveLoan>(kMonday, Borrower())), ElementsAre("NOT_AUTHORISED"));
}

TEST(Foresee, NamesWhatTheCaseAloneBreaksAndWhetherADepartureLiftsIt) {
  const std::vector<Obstacle> obstacles = ALoanRenewedTwice().Foresee<RenewLoan>(kMonday);
  ASSERT_THAT(Codes(obstacles), ElementsAre("RENEWALS_USED_UP"));
  EXPECT_EQ(obstacles.front().strength, Strength::kShould);
}

}  // namespace
}  // namespace apdr::core
