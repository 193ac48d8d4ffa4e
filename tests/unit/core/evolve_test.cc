#include "engine/core/evolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/loan_fixture.h"

namespace apdr::core {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::LoanFixture;
using apdr::testing::LoanOf;
using apdr::testing::On;
using apdr::testing::library::v1::ReportLost;
using apdr::testing::library::v1::ReturnItem;

const Date kMonday = On("2026-03-02");

TEST(Evolve, CountsVersionsFromOne) {
  LoanFixture loan;
  EXPECT_EQ(loan.state.version, CaseVersion(0));
  loan.Given(ALoan(), kMonday);
  loan.Given(ANote(), kMonday);
  EXPECT_EQ(loan.state.version, CaseVersion(2));
}

TEST(Evolve, MovesTheStageByTheTransitionTable) {
  LoanFixture loan;
  EXPECT_EQ(loan.stage(), "none");
  loan.Given(ALoan(), kMonday);
  EXPECT_EQ(loan.stage(), "lent");
  loan.Given(ReportLost(), kMonday);
  EXPECT_EQ(loan.stage(), "lost");
  loan.Given(ReturnItem(), kMonday);  // Declared from every stage.
  EXPECT_EQ(loan.stage(), "returned");
}

TEST(Evolve, LeavesTheStageWhenTheTableHasNoRow) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  loan.Given(ANote(), kMonday);
  EXPECT_EQ(loan.stage(), "lent");
}

TEST(Evolve, RemembersThePolicyOfTheLastEvent) {
  LoanFixture loan;
  std::vector<Event> events = loan.Given(ALoan(), kMonday);
  events.front().policy = "library-2030@2";
  Evolve(loan.workflow, loan.state, events.front());
  EXPECT_EQ(loan.state.policy, "library-2030@2");
}

TEST(Evolve, FoldsTheGuestsPart) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  EXPECT_EQ(LoanOf(loan.state).due_on(), "2026-03-23");
}

TEST(State, CloneIsIndependent) {
  LoanFixture loan;
  loan.Given(ALoan(), kMonday);
  State copy = loan.state.Clone();
  loan.Given(ANote(), kMonday);
  EXPECT_EQ(copy.version, CaseVersion(1));
  EXPECT_EQ(LoanOf(copy).notes(), 0U);
  EXPECT_EQ(LoanOf(loan.state).notes(), 1U);
}

}  // namespace
}  // namespace apdr::core
