#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "tests/unit/sen_support/case_driver.h"

// What is entered late is judged by the day on which it happened; and what a case keeps over its
// drafts and over leaving and coming back.
namespace apdr::sen {
namespace {

using testing::ElementsAre;

template <class C>
core::PayloadPtr Minimal(CaseDriver& driver, const char* on) {
  return codec::MakePayload(driver.Example<C>(on));
}

TEST(LateEntry, FindsNoNotificationBeforeItsDay) {
  CaseDriver driver;
  BringToPlan(driver);
  driver.MoveTo("2025-10-22");
  EXPECT_EQ(driver.record().parent_notified_on(), "2025-10-07");
  driver.Send<v1::NotifyParent>("2025-10-22");
  EXPECT_EQ(driver.record().parent_notified_on(), "2025-10-07");

  CaseDriver late;
  BringToSupport(late);
  late.Send<v1::StartAssessment>("2025-10-06");
  late.Send<v1::ReviewExistingInformation>("2025-10-06");
  late.Send<v1::DecideFurtherAssessment>("2025-10-06");
  late.Send<v1::RecordChildViews>("2025-10-06");
  late.Send<v1::RecordParentViews>("2025-10-06");
  late.Send<v1::RecordProgress>("2025-10-06");
  ASSERT_EQ(late.Send<v1::CompleteAssessment>("2025-10-06"), "ChildAssessed");
  ASSERT_EQ(late.Send<v1::ConfirmParticipants>("2025-10-06"), "ParticipantsConfirmed");
  for (int i = 0; i < 4; ++i) late.Send<v1::RecordContribution>("2025-10-06");
  ASSERT_EQ(late.Send<v1::NotifyParent>("2025-10-08"), "ParentFormallyNotified");
  EXPECT_EQ(late.SendDated("2025-10-07", Minimal<v1::AgreePlan>(late, "2025-10-08")),
            "X PARENT_NOT_NOTIFIED");
  EXPECT_EQ(late.Send<v1::AgreePlan>("2025-10-08"), "PlanAgreed");
}

TEST(LateEntry, DoesNotCountAgreementsOfALaterDay) {
  CaseDriver driver;
  BringToPlan(driver);
  auto agree = driver.Example<v1::AgreePlan>("2025-10-22");
  agree.mutable_agreements(1)->set_on("2025-10-23");
  EXPECT_EQ(driver.Send("2025-10-22", "senco", agree), "X OUTCOMES_NOT_AGREED");
  agree.mutable_agreements(1)->set_on("2025-10-22");
  EXPECT_EQ(driver.Send("2025-10-22", "senco", agree), "PlanAgreed");
  auto advice = driver.Example<v1::RecordProfessionalInput>("2025-10-23");
  advice.mutable_input()->set_parent_agreed_on("2025-10-24");
  EXPECT_EQ(driver.Send("2025-10-23", "senco", advice), "X NO_PARENTAL_AGREEMENT");
}

TEST(LateEntry, SharesBriefsAndHandsOverAfterThePlan) {
  CaseDriver driver;
  BringToPlan(driver);
  driver.Send<v1::DraftPlan>("2025-10-21");
  EXPECT_EQ(driver.SendDated("2025-10-20", Minimal<v1::SharePlan>(driver, "2025-10-21")),
            "X DATE_ORDER");
  EXPECT_EQ(driver.Send<v1::SharePlan>("2025-10-21"), "PlanShared");
  ASSERT_EQ(driver.Send<v1::AgreePlan>("2025-10-22"), "PlanAgreed");
  EXPECT_EQ(driver.SendDated("2025-10-21", Minimal<v1::SharePlan>(driver, "2025-10-23")),
            "X DATE_ORDER");
  EXPECT_EQ(driver.SendDated("2025-10-21", Minimal<v1::BriefStaff>(driver, "2025-10-23")),
            "X DATE_ORDER");
  EXPECT_EQ(
      driver.SendDated("2025-10-21", Minimal<v1::TransferResponsibility>(driver, "2025-10-23")),
      "X DATE_ORDER");
  EXPECT_EQ(driver.SendDated("2025-10-22", Minimal<v1::BriefStaff>(driver, "2025-10-23")),
            "StaffBriefed");
}

TEST(DecideFurtherAssessment, IsSaidOutright) {
  CaseDriver driver;
  BringToAssess(driver);
  auto decide = driver.Example<v1::DecideFurtherAssessment>("2025-10-10");
  decide.mutable_decision()->clear_needed();
  EXPECT_EQ(driver.Send("2025-10-10", "senco", decide), "X FURTHER_ASSESSMENT_UNDECIDED");
  decide.mutable_decision()->set_needed(false);
  EXPECT_EQ(driver.Send("2025-10-10", "senco", decide), "FurtherAssessmentDecided");
}

TEST(DeclineSenSupport, GivesAReasonOfTwentyCharacters) {
  CaseDriver driver;
  BringToAdapting(driver);
  auto decline = driver.Example<v1::DeclineSenSupport>("2025-09-22");
  decline.mutable_decline()->set_reason("no need for it now.");
  EXPECT_EQ(driver.Send("2025-09-22", "senco", decline), "X REASON_REQUIRED");
  decline.mutable_decline()->set_reason("no need for it now..");
  EXPECT_EQ(driver.Send("2025-09-22", "senco", decline), "SenSupportDeclined");
}

TEST(HoldReviewRules, TakeMoreEvaluationsThanThePlanHasOutcomes) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  auto hold = driver.Example<v1::HoldReview>("2025-12-10");
  auto& more = *hold.mutable_review()->add_outcome_evaluations();
  more = hold.review().outcome_evaluations(0);
  more.set_outcome_id("O9");
  EXPECT_EQ(driver.Send("2025-12-10", "teacher", hold),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
}

TEST(DraftPlan, BecomesThePlanThatIsAgreed) {
  CaseDriver driver;
  BringToPlan(driver);
  auto draft = driver.Example<v1::DraftPlan>("2025-10-21");
  *draft.mutable_plan()->add_outcomes() = examples::OutcomeNumber(7, Date(2025, 10, 21));
  driver.Send("2025-10-21", "teacher", draft);
  EXPECT_THAT(driver.record().current().draft_outcome_ids(), ElementsAre("O1", "O2", "O7"));
  EXPECT_EQ(driver.record().current().drafted_on(), "2025-10-21");
  ASSERT_EQ(driver.Send<v1::AgreePlan>("2025-10-22"), "PlanAgreed");
  EXPECT_THAT(driver.record().plan().outcome_ids(), ElementsAre("O1", "O2", "O7"));
  EXPECT_THAT(driver.record().current().draft_outcome_ids(), testing::IsEmpty());
  EXPECT_EQ(driver.Refolded(), driver.Saved());
}

TEST(Cycles, GoOnCountingAfterOneWasLeft) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  auto end = driver.Example<v1::EndSenSupport>("2025-11-10");
  end.mutable_end()->set_reason(v1::END_REASON_LEFT_SETTING);
  ASSERT_EQ(driver.Send("2025-11-10", "senco", end), "SenSupportEnded");
  EXPECT_EQ(driver.record().parent_notified_on(), "");
  driver.Send<v1::RaiseConcern>("2025-11-11");
  driver.Send<v1::AdaptTeaching>("2025-11-11");
  driver.Send<v1::ReviewAdaptation>("2025-11-12");
  ASSERT_EQ(driver.Send<v1::StartSenSupport>("2025-11-12"), "SenSupportStarted");
  ASSERT_EQ(driver.Send<v1::StartAssessment>("2025-11-13"), "AssessmentStarted");
  EXPECT_EQ(driver.record().cycle(), 2U);
  EXPECT_EQ(driver.record().cycles_completed(), 0U);
  EXPECT_EQ(driver.Refolded(), driver.Saved());
}

}  // namespace
}  // namespace apdr::sen
