#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/scenario/scenario_parser.h"

namespace apdr::scenario {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

Script Parsed(const std::string& text) {
  auto script = ParseScenario(text, "case.txt");
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *script : Script{};
}

std::string MistakeIn(const std::string& text) {
  const auto script = ParseScenario(text, "case.txt");
  EXPECT_FALSE(script.ok());
  return std::string(script.status().message());
}

TEST(ScenarioParser, ReadsAStepWithItsNumberDateActorAndAnswer) {
  const Script script =
      Parsed("01 2025-09-15 TCH RaiseConcern areas=CL \"slow, hesitant\" => ConcernRaised x2\n");
  ASSERT_THAT(script.steps, SizeIs(1));
  const Step& step = script.steps[0];
  EXPECT_EQ(step.label, "01");
  EXPECT_EQ(step.date, Date(2025, 9, 15));
  ASSERT_THAT(step.commands, SizeIs(1));
  EXPECT_EQ(step.commands[0].name, "RaiseConcern");
  EXPECT_THAT(step.commands[0].arguments,
              ElementsAre(AllOf(Field(&Argument::key, "areas"), Field(&Argument::value, "CL")),
                          Field(&Argument::value, "slow, hesitant")));
  ASSERT_THAT(step.expect.events, SizeIs(1));
  EXPECT_EQ(step.expect.events[0].count, 2);
}

TEST(ScenarioParser, ReadsContinuedLinesAndSeveralCommandsOfAStep) {
  const Script script = Parsed(
      "2025-10-06 TCH StartAssessment cycle=1; views of CHI and PAR;\n"
      "   2025-10-07 SEN HoldReview complete; newOutcomes.needed=true(1)\n"
      "                     => 4 events\n");
  ASSERT_THAT(script.steps, SizeIs(1));
  EXPECT_THAT(
      script.steps[0].commands,
      ElementsAre(Field(&CommandLine::name, "StartAssessment"),
                  Field(&CommandLine::name, "RecordChildViews"),
                  Field(&CommandLine::name, "RecordParentViews"),
                  AllOf(Field(&CommandLine::name, "HoldReview"), Field(&CommandLine::actor, "SEN"),
                        Field(&CommandLine::arguments, SizeIs(2)))));
  EXPECT_EQ(script.steps[0].expect.total, 4);
}

TEST(ScenarioParser, ReadsTheDaysOfASysLine) {
  const Script script = Parsed(
      "2025-12-09 SYS reminders 2025-12-19, 01-09, 01-15 => ReviewReminderIssued x3\n"
      "2026-01-20 SYS reminder -28; 2026-01-27 -14 => 2 x ReviewReminderIssued\n");
  ASSERT_THAT(script.steps, SizeIs(2));
  EXPECT_THAT(script.steps[0].timer_days, ElementsAre(Field(&TimerDay::date, Date(2025, 12, 19)),
                                                      Field(&TimerDay::date, Date(2026, 1, 9)),
                                                      Field(&TimerDay::date, Date(2026, 1, 15))));
  EXPECT_THAT(script.steps[1].timer_days,
              ElementsAre(Field(&TimerDay::offset_days, 28), Field(&TimerDay::offset_days, 14)));
}

TEST(ScenarioParser, ReadsFactsAsFieldsAndAsTheSentenceOfACaseScript) {
  const Script script = Parsed(
      "DOB 2014-09-12, Year 6, UPN Y888299919005. Already on K; cycle 2 plan agreed 2025-09-25, "
      "reviewOn 2025-12-05, outcomes O1, O2, O3, support started 2025-09-29.\n"
      "given setting-type=private-nursery\n"
      "2025-12-05 TCH HoldReview => events\n");
  EXPECT_EQ(script.facts.at("dob").value, "2014-09-12");
  EXPECT_EQ(script.facts.at("upn").value, "Y888299919005");
  EXPECT_EQ(script.facts.at("cycle").value, "2");
  EXPECT_EQ(script.facts.at("planagreed").value, "2025-09-25");
  EXPECT_EQ(script.facts.at("outcomes").value, "O1,O2,O3");
  EXPECT_EQ(script.facts.at("supportstarted").value, "2025-09-29");
  EXPECT_EQ(script.facts.at("settingtype").value, "private-nursery");
}

TEST(ScenarioParser, KeepsClosingSentencesThatCannotBeCheckedAsRemarks) {
  const Script script = Parsed(
      "2025-12-05 TCH HoldReview => events\n"
      "Then: provision N; 3 parent meetings, no letters home; exactly one PlanAgreed.\n");
  EXPECT_THAT(script.closing, SizeIs(3));
  EXPECT_THAT(script.remarks, ElementsAre("line 2: not checked: no letters home"));
}

struct Mistake {
  std::string text;
  std::string message;
};

class ScenarioMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ScenarioMistake, NamesTheLineAndWhatWasExpected) {
  EXPECT_THAT(MistakeIn(GetParam().text), HasSubstr(GetParam().message));
}

constexpr char kStep[] = "# a comment\n2025-09-15 TCH RaiseConcern => ConcernRaised\n";

INSTANTIATE_TEST_SUITE_P(
    All, ScenarioMistake,
    testing::Values(
        Mistake{"# nothing else\n", "case.txt:1: Expected at least one step"},
        Mistake{std::string(kStep) + "\nan idle remark\n", "case.txt:4: Expected a step such as"},
        Mistake{"2025-09-15 TCHR RaiseConcern => events\n",
                "case.txt:1: Expected who acts after the date, one of TCH KEY"},
        Mistake{"2025-09-15 TCHR RaiseConcern => events\n", "did you mean 'TCH'?"},
        Mistake{"2025-02-30 TCH RaiseConcern => events\n", "case.txt:1: Expected a date such as"},
        Mistake{"2025-09-15 TCH raiseconcern => events\n",
                "case.txt:1: Expected a command such as"},
        Mistake{"2025-09-15 TCH => events\n", "case.txt:1: Expected a command such as"},
        Mistake{"2025-09-15 TCH RaiseConcern \"open => events\n",
                "case.txt:1: Expected quotes in pairs"},
        Mistake{"2025-09-15 TCH StartSenSupport needs=SPLD(1 => events\n",
                "case.txt:1: Expected brackets in pairs"},
        Mistake{"2025-09-15 TCH RaiseConcern => concern raised\n",
                "case.txt:1: Expected events, 'X CODE'"},
        Mistake{"2025-09-15 TCH RaiseConcern =>\n", "case.txt:1: Expected an answer after =>"},
        Mistake{"2025-09-15 TCH RaiseConcern => X\n", "case.txt:1: Expected a code after X"},
        Mistake{"2025-09-15 TCH RaiseConcern => X Stage\n", "case.txt:1: Expected a code such as"},
        Mistake{std::string(kStep) + "2025-09-14 TCH RaiseConcern => events\n",
                "case.txt:3: Expected dates to go forward, but 2025-09-14 lies before 2025-09-15"},
        Mistake{std::string(kStep) + "given year=3\n",
                "case.txt:3: Expected what is given before the first step"},
        Mistake{std::string("given yaer=3\n") + kStep,
                "case.txt:1: Expected a fact of the child, but unknown fact 'yaer'; did you mean "
                "'year'?"},
        Mistake{std::string("given dob=3.11.2017\n") + kStep,
                "case.txt:1: Expected a date such as 2025-09-25 for dob"},
        Mistake{std::string("given wisdom\n") + kStep, "case.txt:1: Expected facts such as"},
        Mistake{std::string("timers: sometimes\n") + kStep,
                "case.txt:1: Expected 'timers: strict' or 'timers: ignore'"},
        Mistake{std::string("calendar C: open 2025-09-01..2025-12-19\n") + kStep,
                "case.txt:1: Expected 'calendar NAME: teaching"},
        Mistake{std::string("calendar C: teaching 2025-12-19..2025-09-01\n") + kStep,
                "case.txt:1: Expected days such as"},
        Mistake{std::string(kStep) + "then staeg=ended\n",
                "case.txt:3: Expected a fact of the case, but unknown fact 'staeg'; did you mean "
                "'stage'?"},
        Mistake{std::string(kStep) + "then due T08\n", "case.txt:3: Expected"},
        Mistake{std::string(kStep) + "next: AgreePlan by\n", "case.txt:3: Expected a next action"},
        Mistake{"next: AgreePlan\n" + std::string(kStep), "case.txt:1: Expected a step before"}));

}  // namespace
}  // namespace apdr::scenario
