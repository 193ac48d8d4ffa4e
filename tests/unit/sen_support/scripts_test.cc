#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/summary.pb.h"
#include "tests/unit/sen_support/case_driver.h"

// The shared case scripts, command by command, against the engine without a store.
namespace apdr::sen {
namespace {

using codec::As;
using testing::ElementsAre;
using testing::IsEmpty;

const v1::CaseSummary& Summary(const core::CaseFacts& facts) {
  return As<v1::CaseSummary>(*facts.summary);
}

void Register(CaseDriver& driver, const char* born, const char* year, const char* upn) {
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  registers.mutable_registration()->set_date_of_birth(born);
  registers.mutable_registration()->set_nc_year(year);
  auto& identifier = *registers.mutable_registration()->add_identifiers();
  identifier.set_type(v1::IDENTIFIER_TYPE_UPN);
  identifier.set_value(upn);
  ASSERT_EQ(driver.Send("2025-09-02", "senco", registers), "ChildRegistered");
  ASSERT_EQ(driver.Send<v1::LinkParentCarer>("2025-09-02"), "ParentCarerLinked");
  ASSERT_EQ(driver.Send<v1::AssignResponsibleTeacher>("2025-09-02"), "ResponsibleTeacherAssigned");
}

std::string AdaptUntil(CaseDriver& driver, const char* on, const char* review_on) {
  auto adapt = driver.Example<v1::AdaptTeaching>(on);
  adapt.mutable_teaching()->set_review_on(review_on);
  return driver.Send(on, "teacher", adapt);
}

std::string Agree(CaseDriver& driver, const char* on, const char* review_on, const char* starts_on,
                  std::vector<core::Departure> departures = {}) {
  auto agree = driver.Example<v1::AgreePlan>(on);
  agree.mutable_plan()->set_review_on(review_on);
  agree.mutable_plan()->set_support_starts_on(starts_on);
  return driver.Send(on, "senco", agree, std::move(departures));
}

// Everybody named with a role's abbreviation confirms and supports.
void ConfirmAndHear(CaseDriver& driver, const char* on, const char* contributions_on) {
  auto confirm = driver.Example<v1::ConfirmParticipants>(on);
  auto& assistant = *confirm.add_participants();
  *assistant.mutable_person() = examples::Person(driver.Context().case_id, "TA");
  assistant.set_attendance(v1::ATTENDANCE_INVITED);
  ASSERT_EQ(driver.Send(on, "senco", confirm), "ParticipantsConfirmed");
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(driver.Send<v1::RecordContribution>(contributions_on, "teacher"),
              "ContributionRecorded");
  }
}

void AddNewOutcome(v1::HoldReview& hold, CaseDriver& driver) {
  hold.mutable_review()->mutable_new_outcomes()->set_needed(true);
  *hold.mutable_review()->mutable_new_outcomes()->add_items() =
      examples::OutcomeNumber(9, driver.Context().occurred_on);
}

void AmiraFirstCycleToPlan(CaseDriver& amira) {
  Register(amira, "2017-11-03", "3", "U801299922001");
  EXPECT_EQ(amira.Send<v1::RaiseConcern>("2025-09-15", "teacher"), "ConcernRaised");
  EXPECT_EQ(AdaptUntil(amira, "2025-09-16", "2025-10-17"), "TeachingAdapted");
  EXPECT_EQ(amira.Send<v1::ReviewAdaptation>("2025-10-17", "teacher"), "ConcernsRemained");
  EXPECT_THAT(amira.Next(), ElementsAre("StartSenSupport"));
  EXPECT_EQ(amira.Send<v1::RecordEarlyDiscussion>("2025-10-21"), "EarlyDiscussionHeld");
  EXPECT_EQ(amira.Send<v1::StartSenSupport>("2025-10-22"), "SenSupportStarted");
  EXPECT_EQ(amira.Send<v1::NotifyParent>("2025-10-23"), "ParentFormallyNotified");
  EXPECT_EQ(amira.Send<v1::CreateOnePageProfile>("2025-10-24", "teacher"), "OnePageProfileCreated");
  auto start = amira.Example<v1::StartAssessment>("2025-11-03");
  start.set_cycle(1);
  EXPECT_EQ(amira.Send("2025-11-03", "teacher", start), "AssessmentStarted");
  EXPECT_EQ(amira.Send<v1::ReviewExistingInformation>("2025-11-03"), "ExistingInformationReviewed");
  EXPECT_EQ(amira.Send<v1::DecideFurtherAssessment>("2025-11-04"), "FurtherAssessmentDecided");
  EXPECT_EQ(amira.Send<v1::RecordChildViews>("2025-11-05", "teacher"), "ChildViewsRecorded");
  EXPECT_EQ(amira.Send<v1::RecordParentViews>("2025-11-06", "teacher"), "ParentViewsRecorded");
  EXPECT_EQ(amira.Send<v1::RecordAssessment>("2025-11-10"), "AssessmentUndertaken");
  EXPECT_THAT(amira.Next(), ElementsAre("CompleteAssessment 2025-11-26"));
  EXPECT_EQ(amira.Send<v1::CompleteAssessment>("2025-11-12"), "ChildAssessed");
  ConfirmAndHear(amira, "2025-11-17", "2025-11-18");
  EXPECT_EQ(amira.Send<v1::DraftPlan>("2025-11-19", "teacher"), "PlanDrafted");
  EXPECT_EQ(Agree(amira, "2025-11-20", "2026-02-06", "2025-11-24"), "PlanAgreed");
}

void AmiraFirstCycleToReview(CaseDriver& amira) {
  EXPECT_THAT(amira.Running("T08"), ElementsAre("2026-02-09", "2026-02-27", "2026-03-13"));
  EXPECT_THAT(amira.Running("T07"),
              ElementsAre("2026-01-09", "2026-01-23", "2026-01-30", "2026-02-05"));
  EXPECT_EQ(amira.Send<v1::SharePlan>("2025-11-21"), "PlanShared");
  EXPECT_EQ(amira.Send<v1::StartSupport>("2025-11-24", "teacher"), "SupportStarted");
  EXPECT_EQ(amira.Send<v1::BriefStaff>("2025-11-24"), "StaffBriefed");
  EXPECT_EQ(amira.Send<v1::RecordProgress>("2025-12-10", "teaching-assistant"), "ProgressRecorded");
  EXPECT_THAT(amira.Next(), ElementsAre("HoldReview 2026-02-06"));
  EXPECT_EQ(amira.Send<v1::RecordTeamNote>("2026-01-12", "teacher"), "TeamNoteRecorded");
  auto hold = amira.Example<v1::HoldReview>("2026-02-05");
  hold.mutable_review()->mutable_outcome_evaluations(0)->set_status(
      v1::OUTCOME_STATUS_BEING_ACHIEVED);
  AddNewOutcome(hold, amira);
  EXPECT_EQ(amira.Send("2026-02-05", "teacher", hold),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  EXPECT_EQ(amira.record().cycle(), 2U);
  EXPECT_EQ(amira.Send<v1::ShareReviewRecord>("2026-02-09"), "ReviewRecordShared");
}

void AmiraSecondCycle(CaseDriver& amira) {
  EXPECT_EQ(amira.Send<v1::ReviewExistingInformation>("2026-02-10"), "ExistingInformationReviewed");
  EXPECT_EQ(amira.Send<v1::RecordChildViews>("2026-02-10", "teacher"), "ChildViewsRecorded");
  EXPECT_EQ(amira.Send<v1::RecordParentViews>("2026-02-10", "teacher"), "ParentViewsRecorded");
  EXPECT_EQ(amira.Send<v1::RecordProgress>("2026-02-10", "teacher"), "ProgressRecorded");
  EXPECT_EQ(amira.Send<v1::DecideFurtherAssessment>("2026-02-11"), "FurtherAssessmentDecided");
  EXPECT_EQ(amira.Send<v1::CompleteAssessment>("2026-02-12"), "ChildAssessed");
  ConfirmAndHear(amira, "2026-02-24", "2026-02-24");
  EXPECT_EQ(Agree(amira, "2026-02-25", "2026-06-12", "2026-03-02"), "PlanAgreed");
  EXPECT_EQ(amira.Send<v1::SharePlan>("2026-02-26"), "PlanShared");
  EXPECT_EQ(amira.Send<v1::StartSupport>("2026-03-02", "teacher"), "SupportStarted");
  auto hold = amira.Example<v1::HoldReview>("2026-06-10");
  hold.mutable_review()->mutable_support_decision()->set_choice(v1::SUPPORT_CHOICE_END);
  EXPECT_EQ(amira.Send("2026-06-10", "teacher", hold), "ReviewHeld, CycleCompleted");
  EXPECT_EQ(amira.stage(), "review");
  EXPECT_EQ(amira.Send<v1::EndSenSupport>("2026-06-12"), "SenSupportEnded");
}

TEST(Cs01Amira, GoesThroughTwoCyclesUntilNeedsAreMet) {
  CaseDriver amira;
  AmiraFirstCycleToPlan(amira);
  AmiraFirstCycleToReview(amira);
  AmiraSecondCycle(amira);
  amira.MoveTo("2026-12-31");

  EXPECT_EQ(amira.stage(), "ended");
  EXPECT_THAT(amira.fired(),
              ElementsAre("2025-10-17 AdaptationReviewDue", "2026-01-09 ReviewReminderIssued",
                          "2026-01-23 ReviewReminderIssued", "2026-01-30 ReviewReminderIssued",
                          "2026-02-05 ReviewReminderIssued", "2026-05-15 ReviewReminderIssued",
                          "2026-05-22 ReviewReminderIssued", "2026-06-05 ReviewReminderIssued",
                          "2026-12-09 ExitMonitoringDue"));
  EXPECT_THAT(amira.Awaited(), ElementsAre("T20:2026-12-09:0"));
  const core::CaseFacts facts = amira.Facts();
  EXPECT_EQ(facts.setting_id, "URN:199001");
  EXPECT_EQ(facts.authority_id, "801");
  const v1::CaseSummary& summary = Summary(facts);
  EXPECT_EQ(summary.provision(), v1::PROVISION_NONE);
  EXPECT_THAT(summary.needs(), IsEmpty());
  EXPECT_FALSE(summary.has_plan());
  EXPECT_EQ(summary.cycles_completed(), 2U);
  EXPECT_EQ(summary.parent_meetings(), 3U);
  EXPECT_EQ(summary.departures(), 0U);
  ASSERT_EQ(summary.plans_size(), 2);
  EXPECT_EQ(summary.plans(0).reviewed_on(), "2026-02-05");
  EXPECT_EQ(summary.plans(1).support_started_on(), "2026-03-02");
  EXPECT_EQ(amira.Refolded(), amira.Saved());
}

TEST(Cs02Ben, NeedsNoMoreThanAdaptedTeaching) {
  CaseDriver ben;
  Register(ben, "2019-02-14", "2", "N330299923002");
  EXPECT_EQ(ben.Send<v1::RaiseConcern>("2025-09-22", "parent"), "ConcernRaised");
  EXPECT_EQ(AdaptUntil(ben, "2025-09-24", "2025-11-05"), "TeachingAdapted");
  EXPECT_THAT(ben.Next(), ElementsAre("ReviewAdaptation 2025-11-05"));
  auto review = ben.Example<v1::ReviewAdaptation>("2025-11-05");
  review.set_result(v1::ADAPTATION_RESULT_CONTINUE_ADAPTING);
  review.set_new_review_on("2025-12-10");
  EXPECT_EQ(ben.Send("2025-11-05", "teacher", review), "AdaptationContinued");
  review = ben.Example<v1::ReviewAdaptation>("2025-12-10");
  review.set_result(v1::ADAPTATION_RESULT_CONCERNS_RESOLVED);
  EXPECT_EQ(ben.Send("2025-12-10", "teacher", review), "ConcernsResolved");

  EXPECT_THAT(ben.fired(),
              ElementsAre("2025-11-05 AdaptationReviewDue", "2025-12-10 AdaptationReviewDue"));
  EXPECT_EQ(ben.stage(), "none");
  EXPECT_THAT(ben.Awaited(), IsEmpty());
  EXPECT_EQ(Summary(ben.Facts()).provision(), v1::PROVISION_NONE);
  EXPECT_EQ(ben.Refolded(), ben.Saved());
}

void DevUntilHeard(CaseDriver& dev) {
  EXPECT_EQ(dev.Send<v1::RaiseConcern>("2025-09-10", "teacher"), "ConcernRaised");
  EXPECT_EQ(AdaptUntil(dev, "2025-09-11", "2025-10-02"), "TeachingAdapted");
  EXPECT_EQ(dev.Send<v1::ReviewAdaptation>("2025-10-02", "teacher"), "ConcernsRemained");
  EXPECT_EQ(dev.Send<v1::StartSenSupport>("2025-10-03"), "SenSupportStarted");
  EXPECT_EQ(dev.Send<v1::StartAssessment>("2025-10-06", "teacher"), "AssessmentStarted");
  EXPECT_EQ(dev.Send<v1::ReviewExistingInformation>("2025-10-06"), "ExistingInformationReviewed");
  EXPECT_EQ(dev.Send<v1::DecideFurtherAssessment>("2025-10-06"), "FurtherAssessmentDecided");
  EXPECT_EQ(dev.Send<v1::RecordChildViews>("2025-10-06"), "ChildViewsRecorded");
  EXPECT_EQ(dev.Send<v1::RecordParentViews>("2025-10-06"), "ParentViewsRecorded");
  EXPECT_EQ(dev.Send<v1::RecordProgress>("2025-10-06"), "ProgressRecorded");
  auto complete = dev.Example<v1::CompleteAssessment>("2025-10-09");
  complete.mutable_assessment()->clear_needs();
  *complete.mutable_assessment()->add_needs() = examples::NeedOf("MLD", 1);
  *complete.mutable_assessment()->add_needs() = examples::NeedOf("SLCN", 2);
  EXPECT_EQ(dev.Send("2025-10-09", "senco", complete), "ChildAssessed");
  ConfirmAndHear(dev, "2025-10-13", "2025-10-13");
}

core::Departure ToldAtTheGate() {
  return {.rule_code = "PARENT_NOT_NOTIFIED",
          .reason = "told verbally at the gate last week",
          .decided_by = "senco"};
}

TEST(Cs04Dev, GetsNoPlanBeforeTheParentIsTold) {
  CaseDriver dev;
  Register(dev, "2015-06-30", "6", "B383299919004");
  DevUntilHeard(dev);
  EXPECT_THAT(dev.fired(), ElementsAre("2025-10-02 AdaptationReviewDue",
                                       "2025-10-10 ParentNotificationOverdue"));
  EXPECT_EQ(Agree(dev, "2025-10-14", "2026-01-30", "2025-10-20"), "X PARENT_NOT_NOTIFIED");
  EXPECT_EQ(Agree(dev, "2025-10-14", "2026-01-30", "2025-10-20", {ToldAtTheGate()}),
            "X PARENT_NOT_NOTIFIED");
  EXPECT_EQ(dev.rejection().message,
            "Expected to agree the plan, but the parent or young person has not been formally "
            "notified of SEN Support.");
  EXPECT_EQ(dev.Send<v1::NotifyParent>("2025-10-14"), "ParentFormallyNotified");
  EXPECT_EQ(Agree(dev, "2025-10-15", "2026-01-30", "2025-10-20"), "PlanAgreed");
  EXPECT_EQ(dev.record().departures(), 0U);
  EXPECT_EQ(dev.Refolded(), dev.Saved());
}

TEST(Cs04Dev, MayBeExplainedInAPrivateNursery) {
  CaseDriver dev;
  auto registers = dev.Example<v1::RegisterChild>("2025-09-02");
  registers.mutable_registration()->set_date_of_birth("2021-06-30");
  registers.mutable_registration()->set_nc_year("N2");
  registers.mutable_registration()->mutable_setting()->set_type(v1::SETTING_TYPE_PRIVATE_NURSERY);
  ASSERT_EQ(dev.Send("2025-09-02", "senco", registers), "ChildRegistered");
  ASSERT_EQ(dev.Send<v1::AssignResponsibleTeacher>("2025-09-02"), "ResponsibleTeacherAssigned");
  DevUntilHeard(dev);
  EXPECT_EQ(Agree(dev, "2025-10-14", "2025-12-12", "2025-10-20"), "X PARENT_NOT_NOTIFIED");
  EXPECT_EQ(Agree(dev, "2025-10-14", "2025-12-12", "2025-10-20", {ToldAtTheGate()}), "PlanAgreed");
  EXPECT_EQ(dev.record().departures(), 1U);
  EXPECT_EQ(dev.events().back().departures.size(), 1U);
}

// A third outcome, and a plan of that length in the second cycle.
void BringEllaToDo(CaseDriver& ella) {
  Register(ella, "2014-09-12", "6", "Y888299919005");
  const std::vector<core::Departure> known = {DepartFrom("PRE_SUPPORT_MISSING")};
  ella.Send("2025-09-03", "senco", ella.Example<v1::StartSenSupport>("2025-09-03"), known);
  ella.Send<v1::NotifyParent>("2025-09-03");
  ella.Send<v1::StartAssessment>("2025-09-04");
  ella.Send<v1::ReviewExistingInformation>("2025-09-05");
  ella.Send<v1::DecideFurtherAssessment>("2025-09-05");
  ella.Send<v1::RecordChildViews>("2025-09-05");
  ella.Send<v1::RecordParentViews>("2025-09-05");
  ella.Send<v1::RecordProgress>("2025-09-05");
  ASSERT_EQ(ella.Send<v1::CompleteAssessment>("2025-09-22"), "ChildAssessed");
  ConfirmAndHear(ella, "2025-09-23", "2025-09-24");
  auto agree = ella.Example<v1::AgreePlan>("2025-09-25");
  agree.mutable_plan()->set_review_on("2025-12-05");
  *agree.mutable_plan()->add_outcomes() = examples::OutcomeNumber(3, Date(2025, 9, 25));
  ASSERT_EQ(ella.Send("2025-09-25", "senco", agree), "PlanAgreed");
  ella.Send<v1::SharePlan>("2025-09-26");
  ASSERT_EQ(ella.Send<v1::StartSupport>("2025-09-29"), "SupportStarted");
}

TEST(Cs05Ella, IsReviewedOnlyWithAllFourDecisionsAndThenLate) {
  CaseDriver ella;
  BringEllaToDo(ella);
  ella.MoveTo("2025-12-05");
  EXPECT_THAT(ella.fired(),
              ElementsAre("2025-11-07 ReviewReminderIssued", "2025-11-21 ReviewReminderIssued",
                          "2025-11-28 ReviewReminderIssued", "2025-12-04 ReviewReminderIssued"));
  auto hold = ella.Example<v1::HoldReview>("2025-12-05");
  hold.mutable_review()->mutable_outcome_evaluations(1)->set_status(
      v1::OUTCOME_STATUS_BEING_ACHIEVED);
  auto changed = hold;
  changed.mutable_review()->clear_new_outcomes();
  EXPECT_EQ(ella.Send("2025-12-05", "teacher", changed), "X REVIEW_DECISIONS_INCOMPLETE");
  changed = hold;
  changed.mutable_review()->mutable_outcome_evaluations()->RemoveLast();
  EXPECT_EQ(ella.Send("2025-12-05", "teacher", changed), "X OUTCOME_NOT_EVALUATED");
  changed = hold;
  changed.mutable_review()->mutable_new_outcomes()->set_needed(true);
  EXPECT_EQ(ella.Send("2025-12-05", "teacher", changed), "X NEW_OUTCOMES_INCONSISTENT");
  auto move = ella.Example<v1::ChangeReviewDate>("2025-12-05");
  move.set_to("2025-12-12");
  EXPECT_EQ(ella.Send("2025-12-05", "teacher", move), "ReviewDateChanged");
  EXPECT_THAT(ella.Running("T07"), ElementsAre("2025-12-11"));
  ella.MoveTo("2025-12-15");
  EXPECT_EQ(ella.fired().back(), "2025-12-15 ReviewOverdue");
  AddNewOutcome(hold, ella);
  EXPECT_EQ(ella.Send("2025-12-16", "teacher", hold),
            "ReviewHeld, CycleCompleted, AssessmentStarted warns REVIEW_LATE");
  const auto& held = As<v1::ReviewHeld>(*ella.events().at(ella.events().size() - 3).payload);
  EXPECT_FALSE(held.on_time());
  EXPECT_EQ(held.days_late(), 4U);
  EXPECT_THAT(ella.Running("T08"), IsEmpty());
  EXPECT_EQ(ella.Refolded(), ella.Saved());
}

}  // namespace
}  // namespace apdr::sen
