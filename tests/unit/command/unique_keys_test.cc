// Keys of which each belongs to one case at a time, as the command handler takes them for cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "services/command/command_handler.h"
#include "tests/support/command_side.h"

namespace apdr::command {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ARequest;
using apdr::testing::Awaited;
using apdr::testing::CommandSide;
using apdr::testing::Loan;
using apdr::testing::Verdict;
using apdr::testing::library::v1::ReturnItem;
using ::testing::ElementsAre;

// The library names its slip twice. The store would refuse the second claim, and the process stop.
TEST(UniqueKeys, TakesAKeyOnceThatACommandNamesTwice) {
  CommandSide side;

  side.Accept(ARequest("r1", Loan(1), ALoan("slip-1")));

  const auto commits = side.store.ReadStream(Loan(1), CaseVersion(1), 1).value();
  EXPECT_THAT(commits.at(0).commit.claims, ElementsAre(RequestId("/slip:slip-1")));
}

TEST(UniqueKeys, LetsACaseTakeAKeyThatAnotherHasGivenUp) {
  CommandSide side;
  (void)side.Accept(ARequest("r1", Loan(1), ALoan("slip-1")));
  EXPECT_EQ(Verdict(side.Execute(ARequest("r2", Loan(2), ALoan("slip-1")))), "SLIP_TAKEN");
  (void)side.Accept(ARequest("r3", Loan(1), ReturnItem()));
  (void)side.Accept(ARequest("r4", Loan(2), ALoan("slip-1")));
  side.Restart();  // What it knows now stands in the log.
  EXPECT_EQ(Verdict(side.Execute(ARequest("r5", Loan(3), ALoan("slip-1")))), "SLIP_TAKEN");
  (void)side.Accept(ARequest("r6", Loan(2), ReturnItem()));
  (void)side.Accept(ARequest("r7", Loan(3), ALoan("slip-1")));

  const auto second = side.store.ReadStream(Loan(2), CaseVersion(1), 1).value();
  EXPECT_THAT(second.at(0).commit.claims, ElementsAre(RequestId("/2/slip:slip-1")));
  const auto third = side.store.ReadStream(Loan(3), CaseVersion(1), 1).value();
  EXPECT_THAT(third.at(0).commit.claims, ElementsAre(RequestId("/3/slip:slip-1")));
}

TEST(UniqueKeys, KnowsWhoHasAKeyBeforeThatIsDurable) {
  CommandSide side;
  (void)side.Accept(ARequest("r1", Loan(1), ALoan("slip-1")));
  std::array<Awaited, 3> answers;
  side.handler->Submit(ARequest("r2", Loan(1), ReturnItem()), answers[0].Take());
  side.handler->Submit(ARequest("r3", Loan(2), ALoan("slip-1")), answers[1].Take());
  side.handler->Submit(ARequest("r4", Loan(3), ALoan("slip-1")), answers[2].Take());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  ASSERT_TRUE(side.handler->committer().Step().ok());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  EXPECT_EQ(Verdict(answers[0].outcome()), "accepted");
  EXPECT_EQ(Verdict(answers[1].outcome()), "accepted");
  EXPECT_EQ(Verdict(answers[2].outcome()), "SLIP_TAKEN");
}

TEST(UniqueKeys, LeavesAKeyWithACaseThatDoesNotReadBack) {
  CommandSide side;
  (void)side.Accept(ARequest("r1", Loan(1), ALoan("slip-1")));
  apdr::testing::AppendBytes(side.store, Loan(1), CaseVersion(2), "not an event");
  side.Restart();
  EXPECT_EQ(Verdict(side.Execute(ARequest("r2", Loan(2), ALoan("slip-1")))), "SLIP_TAKEN");
}

}  // namespace
}  // namespace apdr::command
