#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "apdr/event/v1/event.pb.h"
#include "services/command/command_handler.h"
#include "tests/support/command_side.h"

namespace apdr::command {
namespace {

using apdr::testing::ALoan;
using apdr::testing::AMove;
using apdr::testing::ANote;
using apdr::testing::ARequest;
using apdr::testing::Awaited;
using apdr::testing::CommandSide;
using apdr::testing::Loan;
using apdr::testing::RunDry;

TEST(Answer, NamesItsCaseWhateverBecameOfTheCommand) {
  CommandSide side;
  EXPECT_EQ(side.Accept(ARequest("r1", Loan(1), ALoan())).case_id, Loan(1).case_id);
  EXPECT_EQ(side.Accept(ARequest("r2", Loan(1), AMove("NORTH"))).case_id, Loan(1).case_id)
      << "it was already so";
  EXPECT_EQ(side.Accept(ARequest("r1", Loan(1), ALoan())).case_id, Loan(1).case_id) << "a repeat";
  Request preview = ARequest("r3", Loan(2), ALoan("slip-2"));
  preview.preview = true;
  EXPECT_EQ(side.Accept(std::move(preview)).case_id, Loan(2).case_id);
}

// Decided in two steps, so that the second joins the first's batch.
TEST(Answer, NamesItsOwnCaseInABatchOfSeveral) {
  CommandSide side;
  Awaited first;
  Awaited second;
  Awaited third;
  side.handler->Submit(ARequest("r1", Loan(1), ALoan("slip-1")), first.Take());
  side.handler->Submit(ARequest("r2", Loan(2), ALoan("slip-2")), second.Take());
  ASSERT_TRUE(side.handler->decider().Step().ok());
  side.handler->Submit(ARequest("r3", Loan(3), ALoan("slip-3")), third.Take());

  RunDry(*side.handler);

  EXPECT_EQ(first.accepted().case_id, Loan(1).case_id);
  EXPECT_EQ(second.accepted().case_id, Loan(2).case_id);
  EXPECT_EQ(third.accepted().case_id, Loan(3).case_id);
}

event::v1::Event EventOf(const Accepted& accepted) {
  event::v1::Event event;
  EXPECT_EQ(accepted.events.size(), 1U);
  EXPECT_TRUE(event.ParseFromString(accepted.events.front()));
  return event;
}

TEST(Answer, HoldsNothingOfTheCommandBefore) {
  CommandSide side;
  Request full = ARequest("r1", Loan(1), ALoan());
  full.correlation_id = "import-7";
  full.causation_id = "row-3";
  full.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  full.actor.setting_id = "NORTH";
  full.actor.on_behalf_of = "somebody";
  Awaited first;
  Awaited second;
  side.handler->Submit(std::move(full), first.Take());
  side.handler->Submit(ARequest("r2", Loan(1), ANote()), second.Take());

  RunDry(*side.handler);

  EXPECT_EQ(EventOf(first.accepted()).causation_id(), "row-3");
  const event::v1::Event bare = EventOf(second.accepted());
  EXPECT_EQ(bare.request_id(), "r2");
  EXPECT_EQ(bare.version(), 2U);
  EXPECT_EQ(bare.correlation_id(), "");
  EXPECT_EQ(bare.causation_id(), "");
  EXPECT_EQ(bare.traceparent(), "");
  EXPECT_EQ(bare.actor().setting_id(), "");
  EXPECT_EQ(bare.actor().on_behalf_of(), "");
}

}  // namespace
}  // namespace apdr::command
