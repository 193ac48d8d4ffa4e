#include "engine/core/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_split.h"

namespace apdr::core {
namespace {

using ::testing::HasSubstr;

Definition ALoan() {
  Definition loan;
  loan.name = "loan";
  loan.title = "A loan";
  loan.policy = "house@1";
  loan.zone = absl::UTCTimeZone();
  loan.stages = {{.name = "none", .title = "No loan"}, {.name = "on-loan", .title = "On loan"}};
  loan.transitions = {{.from = "none", .event = "x.Lent", .to = "on-loan"},
                      {.from = "none", .event = "x.LentAgain", .to = "on-loan"},
                      {.from = "*", .event = "x.Lost", .to = "none"}};
  loan.commands = {{.type = "x.Lend",
                    .title = "lend the item",
                    .stages = {"none"},
                    .roles = {"librarian"},
                    .opens_case = true},
                   {.type = "x.Report", .title = "report a loss", .stages = {}, .roles = {}}};
  loan.events = {"x.Lent", "x.LentAgain", "x.Lost"};
  Rule rule;
  rule.id = "R1";
  rule.code = "SLIP_TAKEN";
  rule.strength = Strength::kMust;
  rule.text =
      "An item is lent to one borrower at a time, however long the sentence that says so may "
      "become in the course of a policy's life.";
  rule.source = "bylaw 3";
  rule.guards = {"x.Lend"};
  loan.rules = {rule};
  TimerSpec timer;
  timer.id = "T1";
  timer.title = "Overdue";
  timer.starts_on = {"x.Lent"};
  timer.stops_on = {"x.Lost"};
  timer.due = "due date + 1 day";
  timer.emits = "x.LoanOverdue";
  loan.timers = {timer};
  loan.actions = {{.stages = {"on-loan"},
                   .command = "x.Report",
                   .title = "Bring it back",
                   .roles = {"borrower"},
                   .timer = "T1",
                   .why = "",
                   .applies = nullptr}};
  return loan;
}

TEST(RenderText, ShowsEveryTableOfTheDeclaration) {
  const std::string text = RenderText(ALoan());

  EXPECT_THAT(text, HasSubstr("workflow loan, policy house@1, dates in UTC"));
  EXPECT_THAT(text, HasSubstr("Lent -> on-loan"));
  EXPECT_THAT(text, HasSubstr("Lend: lend the item"));
  EXPECT_THAT(text, HasSubstr("by     librarian"));
  EXPECT_THAT(text, HasSubstr("rules  R1 SLIP_TAKEN"));
  EXPECT_THAT(text, HasSubstr("SLIP_TAKEN  must  [bylaw 3]"));
  EXPECT_THAT(text, HasSubstr("due      due date + 1 day"));
  EXPECT_THAT(text, HasSubstr("Report by borrower, date of T1"));
}

TEST(RenderText, SaysSoWhereNothingIsRestricted) {
  const std::string text = RenderText(ALoan());

  EXPECT_THAT(text, HasSubstr("in     every stage of an open case"));
  EXPECT_THAT(text, HasSubstr("by     every role"));
}

TEST(RenderText, KeepsToAHundredColumns) {
  for (const auto& line : absl::StrSplit(RenderText(ALoan()), '\n')) {
    EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(RenderMermaid, DrawsOneArrowPerPairOfStages) {
  EXPECT_EQ(RenderMermaid(ALoan()),
            "stateDiagram-v2\n"
            "    state \"No loan\" as none\n"
            "    state \"On loan\" as on_loan\n"
            "    state \"any stage\" as any\n"
            "    [*] --> none\n"
            "    none --> on_loan: Lent, LentAgain\n"
            "    any --> none: Lost\n");
}

TEST(ShortName, IsTheLastPartOfAType) {
  EXPECT_EQ(ShortName("apdr.sen.v1.AgreePlan"), "AgreePlan");
  EXPECT_EQ(ShortName("AgreePlan"), "AgreePlan");
}

}  // namespace
}  // namespace apdr::core
