#include "services/client/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/summary.pb.h"

namespace apdr::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

event::v1::Event AnEvent() {
  event::v1::Event event;
  event.set_case_id("c1");
  event.set_version(23);
  event.set_occurred_on("2026-02-05");
  event.mutable_recorded_time()->set_seconds(1770282000);  // 2026-02-05T09:00:00Z
  event.set_policy("code-2015@1");
  event.set_request_id("c1:25");
  event.mutable_actor()->set_id("t1");
  event.mutable_actor()->set_role("teacher");
  event.mutable_actor()->set_setting_id("URN:199001");
  sen::v1::PlanAgreed agreed;
  agreed.set_cycle(1);
  event.mutable_data()->PackFrom(agreed);
  return event;
}

TEST(RenderCase, ShowsStagePlanAndNextAction) {
  query::v1::CaseView view;
  view.set_case_id("c1");
  view.set_stage_title("Do");
  view.set_cycle(1);
  view.set_setting_id("URN:199001");
  sen::v1::CaseSummary summary;
  summary.set_provision(sen::v1::PROVISION_SEN_SUPPORT);
  summary.mutable_plan()->set_plan_id("P-1");
  summary.mutable_plan()->set_agreed_on("2025-11-20");
  summary.mutable_plan()->set_review_on("2026-02-06");
  view.mutable_summary()->PackFrom(summary);
  auto* next = view.add_next_actions();
  next->set_title("Hold the review");
  next->add_roles("teacher");
  next->add_roles("senco");
  next->set_due_on("2026-02-06");

  const std::string text = RenderCase(view);

  EXPECT_THAT(text, HasSubstr("Do, cycle 1"));
  EXPECT_THAT(text, HasSubstr("K, SEN Support"));
  EXPECT_THAT(text, HasSubstr("P-1, agreed 2025-11-20, review by 2026-02-06"));
  EXPECT_THAT(text, HasSubstr("until 2026-02-06  Hold the review  by teacher or senco"));
}

TEST(RenderCase, SaysThatNothingIsWaitedFor) {
  EXPECT_THAT(RenderCase(query::v1::CaseView()), HasSubstr("nothing is waited for"));
}

TEST(RenderAudit, ShowsWhoWhatWhyAndBothTimes) {
  query::v1::ListEventsResponse response;
  event::v1::Event event = AnEvent();
  auto* departure = event.add_departures();
  departure->set_rule_code("NO_EVIDENCE");
  departure->set_reason("observed daily by the keyworker");
  *response.add_rows()->mutable_event() = event;

  const std::string text = RenderAudit(response, Length::kLine);

  EXPECT_THAT(text, HasSubstr("Plan agreed  (case c1, version 23)"));
  EXPECT_THAT(text, HasSubstr("teacher t1 of URN:199001"));
  EXPECT_THAT(text, HasSubstr("departs from NO_EVIDENCE: observed daily by the keyworker"));
  EXPECT_THAT(text, HasSubstr("happened 2026-02-05, recorded 2026-02-05 09:00:00Z"));
}

TEST(RenderAudit, ShowsAllOfALongTextWhenAsked) {
  const std::string reason(300, 'r');
  query::v1::ListEventsResponse response;
  event::v1::Event& event = *response.add_rows()->mutable_event();
  event = AnEvent();
  event.add_departures()->set_reason(reason);
  EXPECT_THAT(RenderAudit(response, Length::kLine), Not(HasSubstr(reason)));
  EXPECT_THAT(RenderAudit(response, Length::kFull), HasSubstr(reason));
}

TEST(RenderDue, SaysHowLateAndWhoseMoveItIs) {
  query::v1::ListDueResponse response;
  auto* item = response.add_items();
  item->set_due_on("2026-02-06");
  item->set_overdue(true);
  item->set_days_overdue(1);
  item->set_timer("T08");
  item->set_title("Review overdue");
  item->add_roles("senco");

  EXPECT_THAT(RenderDue(response), HasSubstr("2026-02-06  1 day late  T08 Review overdue  senco"));
  EXPECT_EQ(RenderDue({}), "Nothing is due.\n");
}

TEST(RenderChronology, NamesTheTimerInPlaceOfAPerson) {
  google::protobuf::RepeatedPtrField<event::v1::Event> events;
  *events.Add() = AnEvent();
  event::v1::Event reminder = AnEvent();
  reminder.set_deadline_fired("T07:2026-02-06:1");
  reminder.mutable_data()->PackFrom(sen::v1::ReviewReminderIssued());
  *events.Add() = reminder;

  const std::string text = RenderChronology(events, Length::kLine);

  EXPECT_THAT(text, HasSubstr("2026-02-05  teacher    Plan agreed             cycle: 1\n"));
  EXPECT_THAT(text, HasSubstr("2026-02-05  timer T07  Review reminder issued\n"));
}

TEST(RenderStep, ShowsTimersAnswersWarningsAndWhatIsUnexpected) {
  ScriptStep step;
  step.label = "25";
  step.date = "2026-02-05";
  step.caller.role = "teacher";
  step.place = "a.json:7";
  step.requests.emplace_back().mutable_command()->PackFrom(sen::v1::HoldReview());
  StepReport report;
  report.step = &step;
  report.timers.push_back(AnEvent());
  report.timers.back().set_deadline_fired("T07:2026-02-06:1");
  report.answers.emplace_back();
  *report.answers.back().add_events() = AnEvent();
  *report.answers.back().add_events() = AnEvent();
  auto* warning = report.answers.back().add_warnings();
  warning->set_rule_code("REVIEW_LATE");
  warning->set_message("after the agreed date");
  report.unexpected = "Expected more.";

  const std::string text = RenderStep(report);

  EXPECT_THAT(text, HasSubstr("timer T07"));
  EXPECT_THAT(text, HasSubstr("25  2026-02-05  teacher"));
  EXPECT_THAT(text, HasSubstr("Hold review"));
  EXPECT_THAT(text, HasSubstr("-> Plan agreed, Plan agreed"));
  EXPECT_THAT(text, HasSubstr("warning REVIEW_LATE: after the agreed date"));
  EXPECT_THAT(text, HasSubstr("a.json:7: Expected more."));
}

TEST(RenderStep, PutsARunOfEqualCommandsOnOneLine) {
  ScriptStep step;
  StepReport report;
  report.step = &step;
  for (int i = 0; i < 2; ++i) {
    step.requests.emplace_back().mutable_command()->PackFrom(sen::v1::SharePlan());
    *report.answers.emplace_back().add_events() = AnEvent();
  }
  step.requests.emplace_back().mutable_command()->PackFrom(sen::v1::HoldReview());
  report.failure = Failure{};
  report.failure->reason = "STAGE_ORDER";

  const std::string text = RenderStep(report);

  EXPECT_THAT(text, HasSubstr("Share plan x2                   -> Plan agreed\n"));
  EXPECT_THAT(text, HasSubstr("Hold review                     refused: STAGE_ORDER\n"));
}

TEST(RenderStep, ShowsADayOnWhichNothingHappens) {
  ScriptStep step;
  step.label = "23";
  step.date = "2026-01-09";
  StepReport report;
  report.step = &step;

  EXPECT_THAT(RenderStep(report), HasSubstr("23  2026-01-09"));
  EXPECT_THAT(RenderStep(report), HasSubstr("(the day passes)"));
}

TEST(RenderPlayed, SaysWhenTheServerLivesInRealTime) {
  PlayResult result;
  EXPECT_THAT(RenderPlayed(result), HasSubstr("real time"));
  result.demo_clock = true;
  EXPECT_THAT(RenderPlayed(result), Not(HasSubstr("real time")));
}

TEST(ToJson, IsOneLineWithTheNamesOfTheSchemas) {
  const std::string json = ToJson(AnEvent());

  EXPECT_THAT(json, HasSubstr("\"case_id\":\"c1\""));
  EXPECT_EQ(json.find('\n'), json.size() - 1);
}

}  // namespace
}  // namespace apdr::client
