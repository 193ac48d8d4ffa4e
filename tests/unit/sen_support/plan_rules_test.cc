#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "tests/unit/sen_support/case_driver.h"

// The rules of plan, do and review, each broken once, everything else being valid.
namespace apdr::sen {
namespace {

// What AgreePlan answers on 2025-10-22 with one thing changed, without and with a departure.
std::string Agreeing(const std::function<void(v1::AgreePlan&)>& change,
                     std::vector<core::Departure> departures = {}) {
  CaseDriver driver;
  BringToPlan(driver);
  auto agree = driver.Example<v1::AgreePlan>("2025-10-22");
  change(agree);
  return driver.Send("2025-10-22", "senco", agree, std::move(departures));
}

void ExpectPlanShould(const char* code, const std::function<void(v1::AgreePlan&)>& change) {
  EXPECT_EQ(Agreeing(change), absl::StrCat("X ", code));
  EXPECT_EQ(Agreeing(change, {DepartFrom(code)}), "PlanAgreed");
}

TEST(AgreePlanRules, WantOutcomesThatAreSmart) {
  EXPECT_EQ(Agreeing([](auto&) {}), "PlanAgreed");
  const auto many = [](v1::AgreePlan& agree) {
    for (int n = 3; n <= 5; ++n) {
      *agree.mutable_plan()->add_outcomes() = examples::OutcomeNumber(n, Date(2025, 10, 22));
    }
  };
  EXPECT_EQ(Agreeing(many), "PlanAgreed warns MANY_OUTCOMES");
  ExpectPlanShould("OUTCOME_NOT_SMART", [](v1::AgreePlan& agree) {
    agree.mutable_plan()->mutable_outcomes(0)->clear_target();
  });
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) { agree.mutable_plan()->clear_outcomes(); }),
            "X NO_OUTCOMES");
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) {
              agree.mutable_plan()->mutable_outcomes(1)->set_outcome_id("O1");
              agree.mutable_plan()->mutable_provisions(1)->set_outcome_ids(0, "O1");
            }),
            "X FIELD_INVALID");
}

TEST(AgreePlanRules, WantAgreementOfSettingAndFamily) {
  const auto only = [](v1::AgreementCapacity capacity) {
    return [capacity](v1::AgreePlan& agree) {
      auto& agreements = *agree.mutable_agreements();
      agreements.erase(std::remove_if(agreements.begin(), agreements.end(),
                                      [&](const auto& one) { return one.capacity() != capacity; }),
                       agreements.end());
    };
  };
  EXPECT_EQ(Agreeing(only(v1::AGREEMENT_CAPACITY_SETTING)), "X OUTCOMES_NOT_AGREED");
  EXPECT_EQ(Agreeing(only(v1::AGREEMENT_CAPACITY_PARENT)), "X OUTCOMES_NOT_AGREED");
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) { agree.clear_agreements(); },
                     {DepartFrom("OUTCOMES_NOT_AGREED")}),
            "X OUTCOMES_NOT_AGREED");
}

TEST(AgreePlanRules, WantAReviewDateInRange) {
  const auto on = [](const char* date) {
    return [date](v1::AgreePlan& agree) { agree.mutable_plan()->set_review_on(date); };
  };
  EXPECT_EQ(Agreeing(on("")), "X REVIEW_DATE_MISSING");
  EXPECT_EQ(Agreeing(on("2025-10-22")), "X REVIEW_DATE_RANGE");
  EXPECT_EQ(Agreeing(on("2026-10-24")), "X REVIEW_DATE_RANGE");
  EXPECT_EQ(Agreeing(on("2026-03-11")), "PlanAgreed");  // 140 days.
  ExpectPlanShould("REVIEW_INTERVAL_LONG", on("2026-03-12"));
  ExpectPlanShould("REVIEW_INTERVAL_LONG", on("2026-05-10"));
}

TEST(AgreePlanRules, WantProvisionThatIsDefiniteAndAdditional) {
  const auto first = [](v1::AgreePlan& agree) -> v1::PlannedProvision& {
    return *agree.mutable_plan()->mutable_provisions(0);
  };
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) { agree.mutable_plan()->clear_provisions(); }),
            "X NO_PROVISION");
  EXPECT_EQ(Agreeing([&](v1::AgreePlan& agree) { first(agree).clear_outcome_ids(); }),
            "X NO_PROVISION");
  EXPECT_EQ(Agreeing([&](v1::AgreePlan& agree) { first(agree).set_outcome_ids(0, "O9"); }),
            "X NO_PROVISION");
  EXPECT_EQ(Agreeing([&](v1::AgreePlan& agree) { first(agree).clear_frequency(); }),
            "X NO_PROVISION");
  EXPECT_EQ(Agreeing([&](v1::AgreePlan& agree) { first(agree).clear_delivered_by(); }),
            "X NO_PROVISION");
  ExpectPlanShould("PROVISION_NOT_ADDITIONAL", [](v1::AgreePlan& agree) {
    for (auto& provision : *agree.mutable_plan()->mutable_provisions()) {
      provision.set_layer(v1::PROVISION_LAYER_UNIVERSAL);
    }
  });
}

TEST(AgreePlanRules, WantAWrittenPlanATeacherAndAStartThatIsNotBefore) {
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) { agree.mutable_plan()->clear_written_plan(); }),
            "X PLAN_NOT_WRITTEN");
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) {
              agree.mutable_plan()->mutable_responsible_teacher()->set_role("teaching-assistant");
            }),
            "X NO_RESPONSIBLE_TEACHER");
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) {
              agree.mutable_plan()->set_support_starts_on("2025-10-21");
            }),
            "X DATE_ORDER");
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) { agree.mutable_plan()->clear_support_starts_on(); }),
            "PlanAgreed");
}

TEST(AgreePlanRules, WantEveryParticipantHeard) {
  CaseDriver driver;
  BringToAssess(driver);
  driver.Send<v1::CompleteAssessment>("2025-10-15");
  const auto agree = driver.Example<v1::AgreePlan>("2025-10-22");
  EXPECT_EQ(driver.Send("2025-10-22", "senco", agree), "X PARTICIPANTS_INCOMPLETE");
  auto confirm = driver.Example<v1::ConfirmParticipants>("2025-10-22");
  confirm.mutable_participants()->DeleteSubrange(1, 1);  // The child.
  EXPECT_EQ(driver.Send("2025-10-22", "senco", confirm), "X PARTICIPANTS_INCOMPLETE");
  EXPECT_EQ(driver.Send("2025-10-22", "senco", confirm, {DepartFrom("PARTICIPANTS_INCOMPLETE")}),
            "ParticipantsConfirmed");
  EXPECT_EQ(driver.Send("2025-10-22", "senco", agree), "X PARTICIPANT_NO_SAY");
  auto silence = driver.Example<v1::RecordContribution>("2025-10-22");
  silence.mutable_contribution()->set_stance(v1::CONTRIBUTION_STANCE_NO_RESPONSE);
  EXPECT_EQ(driver.Send("2025-10-22", "senco", silence), "X INSUFFICIENT_ATTEMPTS");
  for (int day : {20, 21}) {
    *silence.mutable_contribution()->add_attempts() = examples::AttemptOn(Date(2025, 10, day));
  }
  EXPECT_EQ(driver.Send("2025-10-22", "senco", silence), "ContributionRecorded");
  EXPECT_EQ(driver.Send("2025-10-22", "senco", agree, {DepartFrom("PARTICIPANT_NO_SAY")}),
            "PlanAgreed");
}

TEST(PlanRules, LockAnAgreedPlan) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  ASSERT_EQ(driver.Send<v1::HoldReview>("2025-12-01"),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  driver.Send<v1::ReviewExistingInformation>("2025-12-02");
  driver.Send<v1::DecideFurtherAssessment>("2025-12-02");
  driver.Send<v1::RecordChildViews>("2025-12-02");
  driver.Send<v1::RecordParentViews>("2025-12-02");
  driver.Send<v1::RecordProgress>("2025-12-02");
  ASSERT_EQ(driver.Send<v1::CompleteAssessment>("2025-12-03"), "ChildAssessed");
  auto draft = driver.Example<v1::DraftPlan>("2025-12-03");
  EXPECT_EQ(draft.plan().plan_id(), "plan-2");
  draft.mutable_plan()->set_plan_id("plan-1");
  EXPECT_EQ(driver.Send("2025-12-03", "teacher", draft), "X PLAN_LOCKED");
  EXPECT_EQ(driver.Send<v1::DraftPlan>("2025-12-03"), "PlanDrafted");
  EXPECT_EQ(driver.Send<v1::SharePlan>("2025-12-03"), "PlanShared");
  const auto& shared = codec::As<v1::PlanShared>(*driver.events().back().payload);
  EXPECT_EQ(shared.plan_id(), "plan-2");
}

TEST(PlanRules, ShareNothingBeforeThereIsAPlan) {
  CaseDriver driver;
  BringToSupport(driver);
  EXPECT_EQ(driver.Send<v1::SharePlan>("2025-10-06"), "X NO_PLAN_IN_FORCE");
}

TEST(ReviewDateRules, MoveTheDateOnlyBeforeItPassesAndWithTheFamily) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  auto change = driver.Example<v1::ChangeReviewDate>("2025-11-10");
  change.clear_agreed_by();
  EXPECT_EQ(driver.Send("2025-11-10", "senco", change), "X REVIEW_DATE_CHANGE_REFUSED");
  change = driver.Example<v1::ChangeReviewDate>("2025-11-10");
  change.set_to("2026-05-10");
  EXPECT_EQ(driver.Send("2025-11-10", "senco", change), "X REVIEW_INTERVAL_LONG");
  change.set_to("2025-11-09");
  EXPECT_EQ(driver.Send("2025-11-10", "senco", change), "X REVIEW_DATE_RANGE");
  change.set_to("2025-12-12");
  EXPECT_EQ(driver.Send("2025-11-10", "senco", change), "");
  change.set_to("2025-12-19");
  EXPECT_EQ(driver.Send("2025-12-13", "senco", change), "X REVIEW_DATE_CHANGE_REFUSED");
}

TEST(StartSupportRules, WantThePlanOfThisCycleAndItsProvisions) {
  CaseDriver driver;
  BringToDo(driver);
  auto start = driver.Example<v1::StartSupport>("2025-10-23");
  start.set_plan_id("plan-0");
  EXPECT_EQ(driver.Send("2025-10-23", "teacher", start), "X NO_PLAN_IN_FORCE");
  start = driver.Example<v1::StartSupport>("2025-10-23");
  start.add_provision_ids("P9");
  EXPECT_EQ(driver.Send("2025-10-23", "teacher", start), "X NO_PLAN_IN_FORCE");
  start.set_provision_ids(0, "P2");
  EXPECT_EQ(driver.Send("2025-10-23", "teacher", start), "SupportStarted");
}

// What HoldReview answers on 2025-12-01 with one thing changed.
std::string Holding(const std::function<void(v1::Review&)>& change,
                    std::vector<core::Departure> departures = {}) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  auto hold = driver.Example<v1::HoldReview>("2025-12-01");
  change(*hold.mutable_review());
  return driver.Send("2025-12-01", "teacher", hold, std::move(departures));
}

TEST(HoldReviewRules, WantAllFourDecisions) {
  EXPECT_EQ(Holding([](v1::Review& review) { review.clear_impact(); }),
            "X REVIEW_DECISIONS_INCOMPLETE");
  EXPECT_EQ(Holding([](v1::Review& review) { review.clear_outcome_evaluations(); }),
            "X REVIEW_DECISIONS_INCOMPLETE");
  EXPECT_EQ(Holding([](v1::Review& review) { review.clear_new_outcomes(); }),
            "X REVIEW_DECISIONS_INCOMPLETE");
  EXPECT_EQ(Holding([](v1::Review& review) { review.clear_support_decision(); }),
            "X REVIEW_DECISIONS_INCOMPLETE");
  EXPECT_EQ(Holding([](v1::Review& review) {
              review.mutable_outcome_evaluations(0)->set_outcome_id("O9");
            }),
            "X OUTCOME_NOT_EVALUATED");
  EXPECT_EQ(Holding([](v1::Review& review) {
              *review.mutable_new_outcomes()->add_items() =
                  examples::OutcomeNumber(1, Date(2025, 12, 1));
            }),
            "X NEW_OUTCOMES_INCONSISTENT");
  EXPECT_EQ(Holding([](v1::Review& review) {
              *review.add_outcome_evaluations() = review.outcome_evaluations(0);
            }),
            "X FIELD_INVALID");
}

TEST(HoldReviewRules, WantADecisionThatAgreesWithItself) {
  EXPECT_EQ(Holding(
                [](v1::Review& review) {
                  review.mutable_support_decision()->set_choice(v1::SUPPORT_CHOICE_DIFFERENT);
                },
                {DepartFrom("SUPPORT_DECISION_INCONSISTENT")}),
            "X SUPPORT_DECISION_INCONSISTENT");
  const auto ends_early = [](v1::Review& review) {
    review.mutable_support_decision()->set_choice(v1::SUPPORT_CHOICE_END);
    review.mutable_outcome_evaluations(0)->set_status(v1::OUTCOME_STATUS_BEING_ACHIEVED);
  };
  EXPECT_EQ(Holding(ends_early), "X SUPPORT_DECISION_INCONSISTENT");
  EXPECT_EQ(Holding(ends_early, {DepartFrom("SUPPORT_DECISION_INCONSISTENT")}),
            "ReviewHeld, CycleCompleted");
}

TEST(HoldReviewRules, WantTheFamilyAndTheChild) {
  const auto without_family = [](v1::Review& review) {
    review.mutable_participants()->DeleteSubrange(0, 1);
    review.clear_parent_views();
  };
  EXPECT_EQ(Holding(without_family), "X REVIEW_WITHOUT_PARENT");
  EXPECT_EQ(Holding(without_family, {DepartFrom("REVIEW_WITHOUT_PARENT")}),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  EXPECT_EQ(Holding([&](v1::Review& review) {
              without_family(review);
              for (int day : {27, 28}) {
                *review.add_parent_attempts() = examples::AttemptOn(Date(2025, 11, day));
              }
            }),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  const auto without_voice = [](v1::Review& review) { review.clear_child_views(); };
  EXPECT_EQ(Holding(without_voice), "X REVIEW_WITHOUT_CHILD_VOICE");
  EXPECT_EQ(Holding(without_voice, {DepartFrom("REVIEW_WITHOUT_CHILD_VOICE")}),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
}

TEST(HoldReviewRules, WantSupportThatStartedOrTheReasonWhyNot) {
  CaseDriver driver;
  BringToDo(driver);
  auto hold = driver.Example<v1::HoldReview>("2025-10-24");
  EXPECT_EQ(driver.Send("2025-10-24", "teacher", hold), "X SUPPORT_NOT_STARTED");
  hold.mutable_review()->set_plan_id("plan-7");
  hold.mutable_review()->set_never_delivered_reason("The assistant left and nobody came instead.");
  EXPECT_EQ(driver.Send("2025-10-24", "teacher", hold), "X NO_PLAN_IN_FORCE");
  hold.mutable_review()->set_plan_id("plan-1");
  EXPECT_EQ(driver.Send("2025-10-24", "teacher", hold),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  EXPECT_THAT(driver.Running("T06"), testing::IsEmpty());
}

// A whole cycle that ends in a review without progress.
std::string CycleWithoutProgress(CaseDriver& driver, const char* start_on, const char* review_on) {
  if (driver.stage() == "assess") {
    driver.Send<v1::ReviewExistingInformation>(start_on);
    driver.Send<v1::DecideFurtherAssessment>(start_on);
    driver.Send<v1::RecordChildViews>(start_on);
    driver.Send<v1::RecordParentViews>(start_on);
    driver.Send<v1::RecordProgress>(start_on);
    driver.Send<v1::CompleteAssessment>(start_on);
    driver.Send<v1::ConfirmParticipants>(start_on);
    for (int i = 0; i < 4; ++i) driver.Send<v1::RecordContribution>(start_on);
    driver.Send<v1::AgreePlan>(start_on);
    driver.Send<v1::StartSupport>(start_on);
  }
  auto hold = driver.Example<v1::HoldReview>(review_on);
  hold.mutable_review()->set_impact(v1::IMPACT_NONE);
  return driver.Send(review_on, "teacher", hold);
}

TEST(HoldReviewRules, AdviseASpecialistAfterTwoReviewsWithoutProgress) {
  CaseDriver driver;
  BringToStartedSupport(driver);
  EXPECT_EQ(CycleWithoutProgress(driver, "", "2025-12-01"),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
  EXPECT_EQ(CycleWithoutProgress(driver, "2025-12-02", "2026-01-30"),
            "ReviewHeld, SpecialistInvolvementAdvised, CycleCompleted, AssessmentStarted warns "
            "SPECIALIST_EXPECTED");
  driver.Send<v1::RecordInvolvedProfessional>("2026-02-02");
  driver.Send<v1::RecordProfessionalInput>("2026-02-02");
  EXPECT_EQ(CycleWithoutProgress(driver, "2026-02-03", "2026-03-25"),
            "ReviewHeld, CycleCompleted, AssessmentStarted");
}

// Registered with a childminder: early years, and no SENCO of one's own.
TEST(EarlyYearsRules, ReviewMoreOftenAndLetAChildminderDoWithoutASenco) {
  CaseDriver driver;
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  registers.mutable_registration()->set_date_of_birth("2022-03-01");
  registers.mutable_registration()->set_nc_year("N1");
  registers.mutable_registration()->mutable_setting()->set_type(v1::SETTING_TYPE_CHILDMINDER);
  ASSERT_EQ(driver.Send("2025-09-02", "keyworker", registers), "ChildRegistered");
  driver.Send<v1::AssignResponsibleTeacher>("2025-09-02", "keyworker");
  driver.Send("2025-09-03", "keyworker", driver.Example<v1::StartSenSupport>("2025-09-03"),
              {DepartFrom("PRE_SUPPORT_MISSING")});
  driver.Send<v1::NotifyParent>("2025-09-03", "keyworker");
  driver.Send<v1::StartAssessment>("2025-09-03", "keyworker");
  auto review = driver.Example<v1::ReviewExistingInformation>("2025-09-03");
  review.mutable_review()->mutable_reviewed_by()->RemoveLast();
  driver.Send("2025-09-03", "keyworker", review);
  driver.Send<v1::DecideFurtherAssessment>("2025-09-03", "keyworker");
  driver.Send<v1::RecordChildViews>("2025-09-03", "keyworker");
  driver.Send<v1::RecordParentViews>("2025-09-03", "keyworker");
  driver.Send<v1::RecordProgress>("2025-09-03", "keyworker");
  ASSERT_EQ(driver.Send<v1::CompleteAssessment>("2025-09-04", "keyworker"), "ChildAssessed");
  auto confirm = driver.Example<v1::ConfirmParticipants>("2025-09-05");
  confirm.mutable_participants()->RemoveLast();
  ASSERT_EQ(driver.Send("2025-09-05", "keyworker", confirm), "ParticipantsConfirmed");
  for (int i = 0; i < 3; ++i) driver.Send<v1::RecordContribution>("2025-09-05", "keyworker");
  auto agree = driver.Example<v1::AgreePlan>("2025-09-08");
  agree.mutable_plan()->set_review_on("2025-12-02");  // 85 days.
  EXPECT_EQ(driver.Send("2025-09-08", "keyworker", agree), "X REVIEW_INTERVAL_LONG");
  agree.mutable_plan()->set_review_on("2025-12-01");
  EXPECT_EQ(driver.Send("2025-09-08", "keyworker", agree), "PlanAgreed");
}

// A student after compulsory school age.
void BringStudentToPlan(CaseDriver& driver) {
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  auto& registration = *registers.mutable_registration();
  registration.set_date_of_birth("2008-12-05");
  registration.set_nc_year("12");
  registration.mutable_setting()->set_scheme(v1::SETTING_SCHEME_UKPRN);
  registration.mutable_setting()->set_value("10099999");
  registration.mutable_setting()->set_type(v1::SETTING_TYPE_COLLEGE);
  ASSERT_EQ(driver.Send("2025-09-02", "named-person", registers), "ChildRegistered");
  driver.Send<v1::AssignResponsibleTeacher>("2025-09-02");
  driver.Send("2025-09-10", "named-person", driver.Example<v1::StartSenSupport>("2025-09-10"),
              {DepartFrom("PRE_SUPPORT_MISSING")});
  auto notify = driver.Example<v1::NotifyParent>("2025-09-11");
  *notify.mutable_notification()->mutable_notified(0) =
      examples::Person(driver.Context().case_id, "PAR");
  EXPECT_EQ(driver.Send("2025-09-11", "named-person", notify), "X YP_DECIDES");
  EXPECT_EQ(driver.Send<v1::NotifyParent>("2025-09-11", "named-person"), "ParentFormallyNotified");
  driver.Send<v1::StartAssessment>("2025-09-17", "tutor");
  driver.Send<v1::ReviewExistingInformation>("2025-09-17", "tutor");
  driver.Send<v1::DecideFurtherAssessment>("2025-09-17", "tutor");
  driver.Send<v1::RecordChildViews>("2025-09-18", "tutor");
  driver.Send<v1::RecordProgress>("2025-09-18", "tutor");
  EXPECT_EQ(driver.Send<v1::CompleteAssessment>("2025-09-24", "named-person"), "ChildAssessed");
  EXPECT_EQ(driver.Send<v1::ConfirmParticipants>("2025-10-01", "tutor"), "ParticipantsConfirmed");
  for (int i = 0; i < 3; ++i) driver.Send<v1::RecordContribution>("2025-10-01", "tutor");
}

TEST(YoungPersonRules, LetTheYoungPersonDecide) {
  CaseDriver driver;
  BringStudentToPlan(driver);
  auto agree = driver.Example<v1::AgreePlan>("2025-10-02");
  agree.mutable_agreements(1)->set_capacity(v1::AGREEMENT_CAPACITY_PARENT);
  *agree.mutable_agreements(1)->mutable_person() =
      examples::Person(driver.Context().case_id, "PAR");
  EXPECT_EQ(driver.Send("2025-10-02", "tutor", agree), "X YP_DECIDES");
  EXPECT_EQ(driver.Send<v1::AgreePlan>("2025-10-02", "tutor"), "PlanAgreed");
  driver.Send<v1::StartSupport>("2025-10-03", "tutor");
  auto hold = driver.Example<v1::HoldReview>("2025-10-06");
  *hold.mutable_review()->mutable_participants(0)->mutable_person() =
      examples::Person(driver.Context().case_id, "PAR");
  EXPECT_EQ(driver.Send("2025-10-06", "tutor", hold), "X YP_DECIDES");
  auto end = driver.Example<v1::EndSenSupport>("2025-10-06");
  end.mutable_end()->set_reason(v1::END_REASON_YOUNG_PERSON_DECLINED);
  *end.mutable_end()->mutable_informed(0) = examples::Person(driver.Context().case_id, "PAR");
  EXPECT_EQ(driver.Send("2025-10-06", "tutor", end), "X YP_DECIDES");
}

TEST(YoungPersonRules, DoNotLetAChildAgreeInTheParentsPlace) {
  EXPECT_EQ(Agreeing([](v1::AgreePlan& agree) {
              agree.mutable_agreements(1)->set_capacity(v1::AGREEMENT_CAPACITY_YOUNG_PERSON);
            }),
            "X OUTCOMES_NOT_AGREED");
}

}  // namespace
}  // namespace apdr::sen
