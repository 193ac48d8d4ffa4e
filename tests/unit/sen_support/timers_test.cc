#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/core/next_actions.h"
#include "engine/core/render.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "tests/unit/sen_support/case_driver.h"

namespace apdr::sen {
namespace {

using codec::As;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

// What a timer of the table starts for a plan with this review date.
std::vector<core::Deadline> StartedFor(std::string_view timer_id, const char* review_on) {
  const SenModule module(Code2015());
  const core::Workflow workflow(module);
  const core::State state = workflow.NewState();
  v1::PlanAgreed agreed;
  agreed.mutable_plan()->set_review_on(review_on);
  const core::Event event{.payload = codec::MakePayload(agreed),
                          .occurred_on = Date(2025, 11, 20),
                          .policy = {},
                          .departures = {},
                          .warnings = {},
                          .deadlines_started = {},
                          .deadlines_stopped = {},
                          .deadline_fired = {}};
  const core::Context context;
  return workflow.FindTimer(timer_id)->start({state, event, context});
}

std::vector<std::string> Dates(const std::vector<core::Deadline>& deadlines) {
  std::vector<std::string> dates;
  for (const core::Deadline& deadline : deadlines) dates.push_back(FormatDate(deadline.fires_on));
  return dates;
}

TEST(ReviewOverdueTimer, EscalatesByTheVectorsOfTheTestCalendar) {
  EXPECT_THAT(Dates(StartedFor("T08", "2026-02-06")),
              ElementsAre("2026-02-09", "2026-02-27", "2026-03-13"));
  EXPECT_THAT(Dates(StartedFor("T08", "2026-01-16")),
              ElementsAre("2026-01-19", "2026-01-30", "2026-02-13"));
  const auto levels = StartedFor("T08", "2026-02-06");
  EXPECT_EQ(levels[0].due_on, Date(2026, 2, 6));
  EXPECT_EQ(levels[2].level, 3U);
  EXPECT_EQ(levels[0].explanation,
            "reviewOn 2026-02-06 + 1 school day, calendar TC-2025 of code-2015@1");
}

TEST(ReviewReminderTimer, RollsBackToSchoolDaysAndMerges) {
  EXPECT_THAT(Dates(StartedFor("T07", "2026-02-06")),
              ElementsAre("2026-01-09", "2026-01-23", "2026-01-30", "2026-02-05"));
  const auto merged = StartedFor("T07", "2026-01-16");
  EXPECT_THAT(Dates(merged), ElementsAre("2025-12-19", "2026-01-09", "2026-01-15"));
  EXPECT_EQ(merged[0].level, 14U);
  EXPECT_TRUE(merged[0].reminder);
  EXPECT_EQ(merged[0].due_on, Date(2026, 1, 16));
}

TEST(ReviewTimers, TellTheSencoThenTheHeadThenTheAuthorityWhenNobodyReviews) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  driver.MoveTo("2026-02-27");
  std::vector<std::string> heard;
  for (const core::Event& event : driver.events()) {
    const auto* overdue = codec::TryAs<v1::ReviewOverdue>(*event.payload);
    if (overdue != nullptr) heard.push_back(overdue->to(0));
  }
  EXPECT_THAT(heard, ElementsAre("senco", "head", "la-send-officer"));
  EXPECT_THAT(driver.fired(), Contains("2025-12-15 ReviewOverdue"));
}

TEST(ReviewTimers, RunAnewWhenTheDateIsChangedAndStopWhenTheReviewIsHeld) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  auto change = driver.Example<v1::ChangeReviewDate>("2025-11-10");
  change.set_to("2026-02-06");
  ASSERT_EQ(driver.Send("2025-11-10", "senco", change), "ReviewDateChanged");
  EXPECT_THAT(driver.Running("T08"), ElementsAre("2026-02-09", "2026-02-27", "2026-03-13"));
  EXPECT_THAT(driver.Running("T07"),
              ElementsAre("2026-01-09", "2026-01-23", "2026-01-30", "2026-02-05"));
  ASSERT_EQ(driver.Send<v1::HoldReview>("2026-01-12"),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  EXPECT_THAT(driver.Running("T07"), IsEmpty());
  EXPECT_THAT(driver.Running("T08"), IsEmpty());
  EXPECT_THAT(driver.Running("T10"), ElementsAre("2026-01-19"));
}

TEST(NotifyParentTimer, IsDueFiveSchoolDaysAfterSupportStartsAndStopsWhenAFamilyIsTold) {
  CaseDriver driver;
  BringToSupport(driver);
  EXPECT_THAT(driver.Running("T02"), ElementsAre("2025-10-13"));
  auto notify = driver.Example<v1::NotifyParent>("2025-10-07");
  notify.mutable_notification()->mutable_notified(0)->set_role("teacher");
  ASSERT_EQ(driver.Send("2025-10-07", "senco", notify), "ParentFormallyNotified");
  EXPECT_THAT(driver.Running("T02"), ElementsAre("2025-10-13"));
  EXPECT_FALSE(driver.record().parent_notified());
  ASSERT_EQ(driver.Send<v1::NotifyParent>("2025-10-08"), "ParentFormallyNotified");
  EXPECT_THAT(driver.Running("T02"), IsEmpty());
}

TEST(AssessTimer, CountsFromTheStartOfSupportNotFromTheFirstAssessment) {
  CaseDriver driver;
  BringToSupport(driver);
  EXPECT_THAT(driver.Running("T03"), ElementsAre("2025-11-10"));
  ASSERT_EQ(driver.Send<v1::StartAssessment>("2025-10-08"), "AssessmentStarted");
  EXPECT_THAT(driver.Running("T03"), ElementsAre("2025-11-10"));
  driver.MoveTo("2025-11-10");
  EXPECT_THAT(driver.fired(), Contains("2025-11-10 AssessmentOverdue"));
}

TEST(AssessTimer, CountsFromTheReviewInALaterCycle) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  ASSERT_EQ(driver.Send<v1::HoldReview>("2025-12-12"),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  EXPECT_THAT(driver.Running("T03"), ElementsAre("2026-01-23"));
}

TEST(PlanTimers, CountFromAssessmentPlanAndAgreedStart) {
  CaseDriver driver;
  BringToAssess(driver);
  ASSERT_EQ(driver.Send<v1::CompleteAssessment>("2025-10-15"), "ChildAssessed");
  EXPECT_THAT(driver.Running("T04"), ElementsAre("2025-11-12"));

  CaseDriver agreed;
  BringToDo(agreed);
  EXPECT_THAT(agreed.Running("T04"), IsEmpty());
  EXPECT_THAT(agreed.Running("T05"), ElementsAre("2025-11-05"));
  EXPECT_THAT(agreed.Running("T06"), ElementsAre("2025-11-05"));
}

TEST(SharePlanTimer, StopsOnlyWhenAParentOrYoungPersonHasThePlan) {
  CaseDriver driver;
  BringToDo(driver);
  auto share = driver.Example<v1::SharePlan>("2025-10-23");
  share.mutable_sharing()->mutable_with(0)->set_role("teacher");
  ASSERT_EQ(driver.Send("2025-10-23", "senco", share), "PlanShared");
  EXPECT_THAT(driver.Running("T05"), ElementsAre("2025-11-05"));
  ASSERT_EQ(driver.Send<v1::SharePlan>("2025-10-23"), "PlanShared");
  EXPECT_THAT(driver.Running("T05"), IsEmpty());
}

TEST(AdaptationTimer, StopsWhenSupportStartsWithoutAReview) {
  CaseDriver driver;
  BringToAdapting(driver);
  EXPECT_THAT(driver.Running("T01"), ElementsAre("2025-10-07"));
  auto start = driver.Example<v1::StartSenSupport>("2025-09-12");
  start.mutable_start()->set_reason(v1::START_REASON_URGENT_NEED);
  ASSERT_EQ(driver.Send("2025-09-12", "senco", start, {DepartFrom("PRE_SUPPORT_MISSING")}),
            "SenSupportStarted");
  EXPECT_THAT(driver.Running("T01"), IsEmpty());
}

TEST(ReviewRecordTimer, TellsTheSencoWhenTheParentHasNoRecord) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  driver.Send<v1::HoldReview>("2025-12-01");
  driver.MoveTo("2025-12-08");
  EXPECT_THAT(driver.fired(), Contains("2025-12-08 ReviewRecordOverdue"));
  ASSERT_EQ(driver.Send<v1::ShareReviewRecord>("2025-12-09"), "ReviewRecordShared");
  EXPECT_THAT(driver.Running("T10"), IsEmpty());
}

TEST(AllTimers, StopWhenSupportEnds) {
  CaseDriver driver;
  BringToDo(driver);
  auto end = driver.Example<v1::EndSenSupport>("2025-10-24");
  end.mutable_end()->set_reason(v1::END_REASON_LEFT_SETTING);
  ASSERT_EQ(driver.Send("2025-10-24", "senco", end), "SenSupportEnded");
  EXPECT_THAT(driver.Awaited(), IsEmpty());
}

TEST(Timers, FollowTheCalendarOfTheCase) {
  Policy policy = Code2015();
  policy.calendars.emplace_back("SHUT-IN-OCTOBER",
                                std::vector<DateSpan>{{Date(2025, 9, 1), Date(2025, 12, 19)}},
                                std::vector<DateSpan>{{Date(2025, 10, 7), Date(2025, 10, 31)}});
  policy.default_calendar = "SHUT-IN-OCTOBER";
  CaseDriver driver(policy);
  BringToSupport(driver);
  EXPECT_THAT(driver.Running("T02"), ElementsAre("2025-11-07"));
}

TEST(NextActions, SayWhatIsMissingInEachStage) {
  CaseDriver driver;
  OpenCase(driver);
  EXPECT_THAT(driver.Next(), ElementsAre("RaiseConcern"));
  driver.Send<v1::RaiseConcern>("2025-09-08");
  EXPECT_THAT(driver.Next(), ElementsAre("AdaptTeaching"));

  CaseDriver supported;
  BringToSupport(supported);
  EXPECT_THAT(supported.Next(), ElementsAre("NotifyParent 2025-10-13", "StartAssessment 2025-11-10",
                                            "CreateOnePageProfile"));
  supported.Send<v1::NotifyParent>("2025-10-07");
  supported.Send<v1::StartAssessment>("2025-10-07");
  EXPECT_THAT(supported.Next(),
              ElementsAre("ReviewExistingInformation 2025-11-10",
                          "DecideFurtherAssessment 2025-11-10", "RecordChildViews 2025-11-10",
                          "RecordParentViews 2025-11-10", "RecordProgress 2025-11-10",
                          "CompleteAssessment 2025-11-10", "CreateOnePageProfile"));

  CaseDriver planning;
  BringToAssess(planning);
  planning.Send<v1::CompleteAssessment>("2025-10-15");
  EXPECT_THAT(planning.Next(), ElementsAre("ConfirmParticipants 2025-11-12", "AgreePlan 2025-11-12",
                                           "CreateOnePageProfile"));
  planning.Send<v1::ConfirmParticipants>("2025-10-16");
  EXPECT_THAT(planning.Next(), Contains("RecordContribution 2025-11-12"));

  CaseDriver doing;
  BringToDo(doing);
  EXPECT_THAT(doing.Next(), ElementsAre("SharePlan 2025-11-05", "StartSupport 2025-11-05",
                                        "HoldReview 2025-12-12", "CreateOnePageProfile"));
}

TEST(NextActions, NameThoseWhoAreFoundInTheTypeOfSetting) {
  const auto roles_of_first = [](v1::SettingType type) {
    CaseDriver driver;
    auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
    registers.mutable_registration()->mutable_setting()->set_type(type);
    EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "ChildRegistered");
    const auto actions = core::NextActions(driver.workflow(), driver.state());
    EXPECT_EQ(core::ShortName(actions.at(0).spec->command), "RaiseConcern");
    return absl::StrJoin(actions.at(0).roles, " ");
  };
  EXPECT_EQ(roles_of_first(v1::SETTING_TYPE_SCHOOL), "teacher tutor senco");
  EXPECT_EQ(roles_of_first(v1::SETTING_TYPE_CHILDMINDER),
            "keyworker senco named-person area-senco");
  EXPECT_EQ(roles_of_first(v1::SETTING_TYPE_COLLEGE), "teacher keyworker tutor senco named-person");
}

TEST(NextActions, EndSupportAfterAReviewThatDecidedSo) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  auto hold = driver.Example<v1::HoldReview>("2025-12-01");
  hold.mutable_review()->mutable_support_decision()->set_choice(v1::SUPPORT_CHOICE_END);
  ASSERT_EQ(driver.Send("2025-12-01", "senco", hold), "ReviewHeld, CycleCompleted");
  EXPECT_THAT(driver.Next(), Contains("ShareReviewRecord 2025-12-08"));
  EXPECT_THAT(driver.Next(), Contains("EndSenSupport"));
  EXPECT_THAT(driver.Next(), Not(Contains("HoldReview")));
}

}  // namespace
}  // namespace apdr::sen
