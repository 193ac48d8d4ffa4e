#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/scenario/scenario_parser.h"
#include "services/scenario/scenario_runner.h"

namespace apdr::scenario {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kGiven[] = "given dob=2016-04-12 year=4 urn=199001\n";
constexpr char kOnK[] = "given dob=2016-04-12 year=4 urn=199001; on K since 2025-09-15\n";
// On K with a plan to be reviewed on 2025-12-05, support started.
constexpr char kOnPlan[] =
    "given dob=2014-09-12 year=6 urn=199001; on K; cycle 2 plan agreed 2025-09-25 "
    "reviewOn=2025-12-05 outcomes=O1,O2 supportStarted=2025-09-29\n";

absl::StatusOr<Report> Played(const std::string& text) {
  const auto script = ParseScenario(text, "case.txt");
  if (!script.ok()) return script.status();
  return PlayScenario(*script);
}

std::vector<ReportLine> Differences(const std::string& text) {
  const auto report = Played(text);
  EXPECT_TRUE(report.ok()) << report.status();
  std::vector<ReportLine> lines;
  if (!report.ok()) return lines;
  for (const ReportLine& line : report->lines) {
    if (!line.ok) lines.push_back(line);
  }
  return lines;
}

std::string MistakeIn(const std::string& text) {
  return std::string(Played(text).status().message());
}

TEST(PlayScenario, HoldsWhenEveryStepDoesAsExpected) {
  EXPECT_THAT(Differences(std::string(kGiven) +
                          "2025-09-15 TCH RaiseConcern areas=CL => ConcernRaised areas=CL\n"
                          "2025-09-16 SEN AgreePlan => X STAGE_ORDER\n"
                          "then version=4 events ConcernRaised=1\n"),
              IsEmpty());
}

TEST(PlayScenario, ReportsTheLineAndBothAnswersOfAStepThatDiffers) {
  EXPECT_THAT(
      Differences(std::string(kGiven) + "07 2025-09-15 TCH RaiseConcern => TeachingAdapted\n"),
      ElementsAre(AllOf(Field(&ReportLine::line, 2), Field(&ReportLine::label, "07"),
                        Field(&ReportLine::expected, "TeachingAdapted"),
                        Field(&ReportLine::got, HasSubstr("ConcernRaised")))));
}

// Each of these expectations is wrong, and is reported.
class WrongExpectation : public testing::TestWithParam<std::string> {};

TEST_P(WrongExpectation, IsReported) {
  EXPECT_THAT(Differences(GetParam()), testing::Not(IsEmpty()));
}

std::string After(const char* given, const std::string& steps) { return given + steps; }

INSTANTIATE_TEST_SUITE_P(
    All, WrongExpectation,
    testing::Values(
        After(kGiven, "2025-09-15 TCH RaiseConcern => X STAGE_ORDER\n"),
        After(kGiven, "2025-09-15 SEN AgreePlan => PlanAgreed\n"),
        After(kGiven, "2025-09-15 SEN AgreePlan => X NO_PROVISION\n"),
        After(kGiven, "2025-09-15 SEN AgreePlan => events\n"),
        After(kGiven, "2025-09-15 SEN AgreePlan => nothing, stage plan\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => nothing\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => same answer\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => 2 events\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised x2\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern; RaiseConcern => ConcernRaised\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern areas=CL => ConcernRaised areas=SEMH\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised raisedBy=PAR\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised K\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised warnings=[REVIEW_LATE]\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised departures=[X_CODE]\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised\nnext: HoldReview\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised\nthen stage=ended\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised\nthen plans=1\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised\nthen due T08=2025-10-01\n"),
        After(kGiven, "2025-09-15 TCH RaiseConcern => ConcernRaised\nthen ConcernRaised=2\n"),
        After(kOnPlan,
              "2025-11-07 SYS reminder => nothing\n2025-11-21 SYS => "
              "ReviewReminderIssued\n"),
        After(kOnPlan, "2025-11-07 SYS reminder -14 => ReviewReminderIssued offsetDays=14\n"),
        After(kOnPlan, "2025-11-07 SYS reminder -28; 2025-11-20 -14 => ReviewReminderIssued x2\n"),
        After(kOnPlan, "2025-11-07 SYS reminder -28; 2025-11-21 -7 => ReviewReminderIssued x2\n"),
        After(kOnPlan, "2025-11-21 SYS => ReviewReminderIssued\n"),
        After(kOnPlan, "2025-11-06 SYS => events\n"),
        After(kOnPlan, "2025-11-21 SYS => 3 events\n"),
        After(kOnPlan, "2025-11-21 SYS => ReviewReminderIssued x2\nthen no due T08\n"),
        After(kOnPlan, "2025-11-21 SYS => ReviewReminderIssued x2\nthen reminders on 2025-11-07\n"),
        After(kOnPlan, "2025-12-08 SYS => ReviewOverdue level=2\n"),
        After(kOnPlan, "2025-12-08 SYS => ReviewOverdue\nthen no overdue events\n"),
        // The timer fires, but on another day than the script says.
        After(kOnK, "2025-10-16 SYS assess due => AssessmentOverdue\n"),
        After(kOnPlan,
              "2025-12-08 SYS => ReviewOverdue level=1\n"
              "2025-12-22 SYS => ReviewOverdue level=2\n"),
        // Only the first date is one of the timer's.
        After(kOnPlan,
              "2025-10-06 TCH RecordProgress => ProgressRecorded\n"
              "then due T08=2025-12-08,2025-12-22,2026-01-16\n"),
        After(kOnPlan,
              "2025-10-06 TCH RecordProgress => ProgressRecorded\n"
              "then due T08=2025-12-08,2025-12-19\n"),
        After(kOnPlan,
              "2025-10-06 TCH RecordProgress => ProgressRecorded\n"
              "then timers all stopped\n"),
        After(kOnPlan,
              "2025-10-06 TCH RecordProgress => ProgressRecorded\n"
              "then provision K, stage plan\n"),
        After(kOnPlan,
              "2025-10-06 TCH RecordProgress => ProgressRecorded\n"
              "then stage=do(3)\n"),
        After(kOnPlan, "2025-12-08 SYS => ReviewOverdue level 2\n"),
        After(kOnPlan, "2025-12-08 SYS => ReviewOverdue to=HEAD\n"),
        // The script says another cycle, another teacher before.
        After(kOnPlan, "2025-12-05 TCH HoldReview cycle=3 => ReviewHeld\n"),
        After(kOnPlan,
              "2025-10-06 SEN TransferResponsibility from=TUT to=TCH2 "
              "=> ResponsibilityTransferred\n"),
        // What is left out is left out wherever it stands, so nothing is accepted.
        After(kOnPlan, "2025-12-05 TCH HoldReview complete without childViews => ReviewHeld\n"),
        After(kOnPlan, "2025-12-05 TCH HoldReview impact=positive, without impact => ReviewHeld\n"),
        After(kOnPlan, "2025-12-05 TCH HoldReview (parent absent) => ReviewHeld\n"),
        After(kOnPlan, "2025-12-05 TCH HoldReview CHI,TCH,SEN => ReviewHeld\n"),
        After(kOnPlan,
              "2025-12-05 TCH HoldReview newOutcomes.items=O7 newOutcomes.needed=false "
              "=> ReviewHeld\n")));

TEST(PlayScenario, ReportsAnOverdueEventOfAMentionedKindThatNoLineExpects) {
  const std::string steps =
      "2025-12-08 SYS => ReviewOverdue level=1\n"
      "2026-01-12 TCH RecordProgress => ProgressRecorded\n";
  EXPECT_THAT(Differences(std::string(kOnPlan) + steps),
              ElementsAre(Field(&ReportLine::got, HasSubstr("ReviewOverdue on 2025-12-19"))));
  EXPECT_THAT(Differences(std::string(kOnPlan) + "timers: ignore\n" + steps), IsEmpty());
}

TEST(PlayScenario, ReportsEveryUnexpectedTimerUnderTheStrictRule) {
  const std::string steps = "2025-11-10 TCH RecordProgress => ProgressRecorded\n";
  EXPECT_THAT(Differences(std::string(kOnPlan) + steps), IsEmpty());
  EXPECT_THAT(Differences(std::string(kOnPlan) + "timers: strict\n" + steps),
              ElementsAre(Field(&ReportLine::got, "ReviewReminderIssued on 2025-11-07")));
}

TEST(PlayScenario, PlaysTheSameScriptToTheSameCaseEveryTime) {
  const std::string text = std::string(kOnPlan) + "2025-12-05 TCH HoldReview => ReviewHeld\n";
  const auto first = Played(text);
  const auto second = Played(text);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->case_id, second->case_id);
  EXPECT_EQ(first->lines.front().got, second->lines.front().got);
}

TEST(PlayScenario, NamesTheLineOfACommandThatDoesNotExist) {
  EXPECT_THAT(MistakeIn(std::string(kGiven) + "2025-09-15 TCH RaiseConcerns => events\n"),
              AllOf(HasSubstr("case.txt:2: "),
                    HasSubstr("unknown command 'RaiseConcerns'; did you mean 'RaiseConcern'?")));
}

TEST(PlayScenario, NamesTheLineOfAFieldOrValueThatDoesNotExist) {
  const std::string step = std::string(kGiven) + "2025-09-15 TCH RaiseConcern ";
  EXPECT_THAT(MistakeIn(step + "araes=CL => events\n"),
              AllOf(HasSubstr("case.txt:2: "), HasSubstr("did you mean 'areas'?")));
  EXPECT_THAT(MistakeIn(step + "areas=XX => events\n"),
              AllOf(HasSubstr("case.txt:2: "), HasSubstr("Expected one of communication-and")));
  EXPECT_THAT(MistakeIn(step + "=> ConcernRaized\n"),
              AllOf(HasSubstr("case.txt:2: "), HasSubstr("did you mean 'ConcernRaised'?")));
  EXPECT_THAT(MistakeIn(step + "expectedVersion=last => events\n"),
              HasSubstr("Expected a version"));
  EXPECT_THAT(MistakeIn(step + "=> ConcernRaised\nthen due T99=2025-10-01\n"),
              HasSubstr("unknown timer 'T99'"));
}

TEST(PlayScenario, RefusesToLeaveOutWhatTheCommandDoesNotHave) {
  const std::string step = std::string(kOnPlan) + "2025-12-05 TCH HoldReview ";
  EXPECT_THAT(MistakeIn(step + "without wisdom => events\n"),
              AllOf(HasSubstr("case.txt:2: "), HasSubstr("'wisdom' is none")));
  EXPECT_THAT(MistakeIn(step + "complete without impact and wisdom => events\n"),
              HasSubstr("can be left out"));
  EXPECT_THAT(MistakeIn(step + "wisdom missing => events\n"), HasSubstr("can be left out"));
  EXPECT_THAT(MistakeIn(step + "occurredOn=soon => events\n"), HasSubstr("Expected a date"));
  EXPECT_THAT(MistakeIn(step + "outcomes=achieved,achieved,achieved => events\n"),
              HasSubstr("one for each of the 2 outcomes"));
  EXPECT_THAT(MistakeIn(std::string(kGiven) +
                        "2025-09-15 TCH RaiseConcern departure(R99,\"because of the weather, "
                        "really\") => events\n"),
              HasSubstr("R99 is none"));
}

TEST(PlayScenario, RefusesWhatItCouldMisread) {
  const std::string step = std::string(kOnPlan) + "2025-12-05 TCH ";
  EXPECT_THAT(MistakeIn(step + "HoldReview 2025-12-12 => events\n"),
              HasSubstr("Expected the name of a field before the date"));
  EXPECT_THAT(MistakeIn(step + "HoldReview ShareReviewRecord => events\n"),
              HasSubstr("Expected a semicolon between two commands"));
  EXPECT_THAT(MistakeIn(step + "HoldReview O1=xx => events\n"), HasSubstr("Expected one of"));
  EXPECT_THAT(MistakeIn(std::string(kGiven) + "given 2025-09-15 TCH RaiseConcern => X STAGE_ORDER\n"
                                              "2025-09-16 TCH RaiseConcern => events\n"),
              HasSubstr("Expected a given step to be a command that is accepted"));
}

TEST(PlayScenario, SendsTheSameContentAgainUnderTheSameRequestId) {
  const std::string again =
      std::string(kOnPlan) +
      "2025-10-06 SEN ChangeReviewDate requestId=A => ReviewDateChanged to=2025-12-12\n"
      "2025-10-06 SEN ChangeReviewDate requestId=A => same answer\n"
      "2025-10-06 SEN ChangeReviewDate to=2025-12-19 requestId=A => X IDEMPOTENCY_MISMATCH\n";
  EXPECT_THAT(Differences(again), IsEmpty());
}

TEST(PlayScenario, TakesTheSettingFromASentence) {
  const auto interval = [](const std::string& setting) {
    return Differences("DOB 2022-05-12, Year N1, " + setting +
                       ". On K; plan agreed 2025-09-25, reviewOn 2025-12-05, support started "
                       "2025-09-29.\n2025-10-01 SEN ChangeReviewDate to=2026-01-16 => "
                       "X REVIEW_INTERVAL_LONG\n");
  };
  EXPECT_THAT(interval("maintained nursery school, URN 199014"), IsEmpty());
  EXPECT_THAT(interval("private nursery, Ofsted URN EY199003, no UPN"), IsEmpty());
  EXPECT_THAT(interval("EY URN EY199003, UPN none"), IsEmpty());
  EXPECT_THAT(interval("community primary school, URN 199014"), testing::SizeIs(1));
}

TEST(PlayScenario, NamesTheLineOfWhatIsGivenButImpossible) {
  EXPECT_THAT(MistakeIn(std::string(kGiven) + "given 2025-09-15 SEN AgreePlan\n" +
                        "2025-09-16 TCH RaiseConcern => events\n"),
              AllOf(HasSubstr("case.txt:2: Expected what is given to be possible"),
                    HasSubstr("STAGE_ORDER")));
  EXPECT_THAT(MistakeIn("given policy=isp-2030\n2025-09-16 TCH RaiseConcern => events\n"),
              HasSubstr("case.txt:1: Expected a policy profile of the product (code-2015"));
  EXPECT_THAT(MistakeIn("given calendar=XX\n2025-09-16 TCH RaiseConcern => events\n"),
              HasSubstr("case.txt:1: Expected a calendar"));
  EXPECT_THAT(MistakeIn("given caseId=7\n2025-09-16 TCH RaiseConcern => events\n"),
              HasSubstr("case.txt:1: Expected caseId to be a UUID"));
}

}  // namespace
}  // namespace apdr::scenario
