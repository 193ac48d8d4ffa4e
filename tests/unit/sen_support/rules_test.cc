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
#include "tests/unit/sen_support/case_driver.h"

// Each rule broken once, everything else in the command being valid; each "should" departed from
// once. Plan and review rules stand in plan_rules_test.cc.
namespace apdr::sen {
namespace {

// The rejection is named by exactly this code, and the departure turns it into the event.
#define EXPECT_SHOULD(driver, on, command, code, event)                           \
  EXPECT_EQ((driver).Send((on), "senco", (command)), std::string("X ") + (code)); \
  EXPECT_EQ((driver).Send((on), "senco", (command), {DepartFrom(code)}), (event))

v1::RegisterChild RegistrationWith(CaseDriver& driver, v1::IdentifierType type, const char* value) {
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  auto& identifier = *registers.mutable_registration()->add_identifiers();
  identifier.set_type(type);
  identifier.set_value(value);
  return registers;
}

std::string Register(v1::IdentifierType type, const char* value) {
  CaseDriver driver;
  return driver.Send("2025-09-02", "senco", RegistrationWith(driver, type, value));
}

TEST(RegistrationRules, JudgeIdentifiers) {
  using enum v1::IdentifierType;
  EXPECT_EQ(Register(IDENTIFIER_TYPE_UPN, "U801299922001"), "ChildRegistered");
  EXPECT_EQ(Register(IDENTIFIER_TYPE_UPN, "S801200001001"), "X UPN_FORMAT");
  EXPECT_EQ(Register(IDENTIFIER_TYPE_UPN, "Q207000016049"), "X UPN_CHECK_LETTER");
  EXPECT_EQ(Register(IDENTIFIER_TYPE_UPN, "R900400001001"), "ChildRegistered warns UPN_LA_CODE");
  EXPECT_EQ(Register(IDENTIFIER_TYPE_ULN, "9276308687"), "X ULN_INVALID");
  EXPECT_EQ(Register(IDENTIFIER_TYPE_ULN, "9900000012"), "ChildRegistered");
}

TEST(RegistrationRules, SayThatAnIdentifierIsWrongInAnyState) {
  CaseDriver driver;
  driver.Send("2025-09-02", "senco",
              RegistrationWith(driver, v1::IDENTIFIER_TYPE_UPN, "Q207000016049"));
  EXPECT_EQ(driver.rejection().kind, core::RejectionKind::kMalformed);
  EXPECT_THAT(driver.rejection().message, testing::Not(testing::HasSubstr("207000016049")));
}

TEST(RegistrationRules, RefuseAUpnThatAnotherCaseHolds) {
  CaseDriver driver;
  driver.SomebodyElseHolds("upn:U801299922001");
  EXPECT_EQ(driver.Send("2025-09-02", "senco",
                        RegistrationWith(driver, v1::IDENTIFIER_TYPE_UPN, "u801299922001")),
            "X UPN_DUPLICATE");
}

TEST(RegistrationRules, RefuseAgesOutsideTheLawsRange) {
  CaseDriver driver;
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  registers.mutable_registration()->set_date_of_birth("1999-09-02");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "X AGE_OUT_OF_RANGE");
  registers.mutable_registration()->set_date_of_birth("2025-09-03");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "X AGE_OUT_OF_RANGE");
  registers.mutable_registration()->set_date_of_birth("2000-01-01");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "ChildRegistered");
  driver.Send<v1::AssignResponsibleTeacher>("2025-09-02");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", driver.Example<v1::StartSenSupport>("2025-09-02"),
                        {DepartFrom("PRE_SUPPORT_MISSING")}),
            "X AGE_OUT_OF_RANGE");
}

TEST(RegistrationRules, RefuseASettingIdThatIsNotWrittenByItsScheme) {
  CaseDriver driver;
  auto registers = driver.Example<v1::RegisterChild>("2025-09-02");
  registers.mutable_registration()->mutable_setting()->set_value("19900");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "X SETTING_ID_INVALID");
}

TEST(RegistrationContent, MustBeCodesOfThePolicy) {
  CaseDriver driver;
  const auto valid = driver.Example<v1::RegisterChild>("2025-09-02");
  auto registers = valid;
  registers.mutable_registration()->set_nc_year("15");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "X FIELD_INVALID");
  EXPECT_EQ(driver.rejection().metadata.front().second, "registration.nc_year");
  registers = valid;
  registers.mutable_registration()->set_home_la("80");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "X FIELD_INVALID");
  registers = valid;
  registers.mutable_registration()->set_calendar("MOON");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", registers), "X FIELD_INVALID");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", valid), "ChildRegistered");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", valid), "X CASE_EXISTS");
}

TEST(DateRules, RefuseTheFutureTheTimeBeforeBirthAndBeforeTheCause) {
  CaseDriver driver;
  BringToDo(driver);
  driver.MoveTo("2025-10-24");
  const auto start = codec::MakePayload(driver.Example<v1::StartSupport>("2025-10-24"));
  EXPECT_EQ(driver.SendDated("2025-10-25", start), "X DATE_IN_FUTURE");
  EXPECT_EQ(driver.SendDated("2025-10-21", start), "X DATE_ORDER");
  EXPECT_EQ(driver.SendDated("2025-10-22", start), "SupportStarted");
  const auto progress = codec::MakePayload(driver.Example<v1::RecordProgress>("2025-10-24"));
  EXPECT_EQ(driver.SendDated("2017-11-02", progress), "X DATE_ORDER");
  EXPECT_EQ(driver.SendDated("2025-10-10", progress), "ProgressRecorded");
  EXPECT_EQ(driver.SendDated("2025-10-09", progress), "ProgressRecorded warns RECORD_TOO_OLD");
}

TEST(DateRules, RefuseWhatFollowsFromNothing) {
  CaseDriver driver;
  OpenCase(driver);
  EXPECT_EQ(driver.Send<v1::AdaptTeaching>("2025-09-02"), "X DATE_ORDER");
  EXPECT_EQ(driver.Send<v1::UpdateOnePageProfile>("2025-09-02"), "X DATE_ORDER");
  EXPECT_EQ(driver.Send<v1::ShareReviewRecord>("2025-09-02"), "X DATE_ORDER");
}

TEST(DateRules, RefuseANextLookThatIsNotLater) {
  CaseDriver driver;
  OpenCase(driver);
  driver.Send<v1::RaiseConcern>("2025-09-08");
  auto adapt = driver.Example<v1::AdaptTeaching>("2025-09-09");
  adapt.mutable_teaching()->set_review_on("2025-09-09");
  EXPECT_EQ(driver.Send("2025-09-09", "teacher", adapt), "X DATE_ORDER");
  driver.Send<v1::AdaptTeaching>("2025-09-09");
  auto review = driver.Example<v1::ReviewAdaptation>("2025-09-22");
  review.set_result(v1::ADAPTATION_RESULT_CONTINUE_ADAPTING);
  EXPECT_EQ(driver.Send("2025-09-22", "teacher", review), "X FIELD_REQUIRED");
  EXPECT_EQ(driver.rejection().kind, core::RejectionKind::kMalformed);
  review.set_new_review_on("2025-09-22");
  EXPECT_EQ(driver.Send("2025-09-22", "teacher", review), "X DATE_ORDER");
}

TEST(StageRules, RefuseWhatTheStageDoesNotAdmit) {
  CaseDriver driver;
  OpenCase(driver);
  EXPECT_EQ(driver.Send<v1::ReviewAdaptation>("2025-09-02"), "X DATE_ORDER");
  EXPECT_EQ(driver.Send<v1::HoldReview>("2025-09-02"), "X STAGE_ORDER");
  EXPECT_EQ(driver.Send<v1::BriefStaff>("2025-09-02"), "X STAGE_ORDER");
  EXPECT_EQ(driver.Send<v1::TransferResponsibility>("2025-09-02"), "X STAGE_ORDER");
  CaseDriver supported;
  BringToSupport(supported);
  EXPECT_EQ(supported.Send<v1::AgreePlan>("2025-10-06"), "X STAGE_ORDER");
  auto start = supported.Example<v1::StartAssessment>("2025-10-06");
  start.set_cycle(2);
  EXPECT_EQ(supported.Send("2025-10-06", "teacher", start), "X STAGE_ORDER");
  CaseDriver planning;
  BringToPlan(planning);
  EXPECT_EQ(planning.Send<v1::StartSupport>("2025-10-22"), "X STAGE_ORDER");
  CaseDriver doing;
  BringToStartedSupport(doing);
  EXPECT_EQ(doing.Send<v1::StartSupport>("2025-11-04"), "X STAGE_ORDER");
}

TEST(ProfileRules, WantOneProfileTheChildsVoiceAndOnePage) {
  CaseDriver driver;
  OpenCase(driver);
  auto create = driver.Example<v1::CreateOnePageProfile>("2025-09-03");
  auto changed = create;
  changed.mutable_profile()->mutable_authored_with()->DeleteSubrange(0, 1);
  EXPECT_EQ(driver.Send("2025-09-03", "teacher", changed), "X CHILD_VIEWS_MISSING");
  *changed.mutable_profile()->mutable_interpreted_by() =
      examples::Person(driver.Context().case_id, "PAR");
  changed.mutable_profile()->set_communication(std::string(3000, 'x'));
  EXPECT_EQ(driver.Send("2025-09-03", "teacher", changed), "X FIELD_INVALID");
  EXPECT_EQ(driver.Send("2025-09-03", "teacher", create), "OnePageProfileCreated");
  EXPECT_EQ(driver.Send("2025-09-03", "teacher", create), "X STAGE_ORDER");
  EXPECT_EQ(driver.Send<v1::UpdateOnePageProfile>("2025-09-04"), "OnePageProfileUpdated");
}

TEST(DeclineSenSupport, GoesBackToNoConcern) {
  CaseDriver driver;
  BringToAdapting(driver);
  EXPECT_EQ(driver.Send<v1::DeclineSenSupport>("2025-09-10"), "SenSupportDeclined");
  EXPECT_EQ(driver.stage(), "none");
  EXPECT_THAT(driver.Running("T01"), testing::IsEmpty());
  EXPECT_EQ(driver.Send<v1::AdaptTeaching>("2025-09-11"), "X DATE_ORDER");
}

TEST(StartSenSupportRules, WantAdaptedTeachingFirstOrAReason) {
  CaseDriver driver;
  OpenCase(driver);
  driver.Send<v1::RaiseConcern>("2025-09-08");
  auto start = driver.Example<v1::StartSenSupport>("2025-09-09");
  core::Departure brief = DepartFrom("PRE_SUPPORT_MISSING");
  brief.reason = "too short";
  EXPECT_EQ(driver.Send("2025-09-09", "senco", start, {brief}), "X REASON_REQUIRED");
  EXPECT_SHOULD(driver, "2025-09-09", start, "PRE_SUPPORT_MISSING", "SenSupportStarted");
}

TEST(StartSenSupportRules, WantSomebodyResponsible) {
  CaseDriver driver;
  driver.Send<v1::RegisterChild>("2025-09-02");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", driver.Example<v1::StartSenSupport>("2025-09-02"),
                        {DepartFrom("PRE_SUPPORT_MISSING")}),
            "X NO_RESPONSIBLE_TEACHER");
}

TEST(ResponsibilityRules, NeverMakeATeachingAssistantResponsible) {
  CaseDriver driver;
  OpenCase(driver);
  auto assign = driver.Example<v1::AssignResponsibleTeacher>("2025-09-02");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", assign), "");
  assign.mutable_teacher()->set_role("teaching-assistant");
  EXPECT_EQ(driver.Send("2025-09-02", "senco", assign), "X NO_RESPONSIBLE_TEACHER");
  driver.Send<v1::RaiseConcern>("2025-09-08");
  auto adapt = driver.Example<v1::AdaptTeaching>("2025-09-09");
  adapt.mutable_teaching()->mutable_by()->set_role("teaching-assistant");
  EXPECT_EQ(driver.Send("2025-09-09", "teacher", adapt), "X NO_RESPONSIBLE_TEACHER");
}

TEST(TransferResponsibility, HandsOverToAnotherTeacherUnderAPlan) {
  CaseDriver driver;
  BringToDo(driver);
  EXPECT_EQ(driver.Send<v1::TransferResponsibility>("2025-11-25"), "ResponsibilityTransferred");
  EXPECT_EQ(driver.record().responsible_teacher().person_id(),
            examples::PersonId(driver.Context().case_id, "COV"));
}

TEST(NeedRules, JudgeCodesAndRanks) {
  CaseDriver driver;
  BringToAssess(driver);
  const auto complete = [&](std::vector<v1::Need> needs) {
    auto command = driver.Example<v1::CompleteAssessment>("2025-10-15");
    command.mutable_assessment()->clear_needs();
    for (const v1::Need& need : needs) *command.mutable_assessment()->add_needs() = need;
    return driver.Send("2025-10-15", "senco", command);
  };
  using examples::NeedOf;
  EXPECT_EQ(complete({}), "X NEED_MISSING");
  v1::Need silent = NeedOf("MLD", 1);
  silent.clear_narrative();
  EXPECT_EQ(complete({silent}), "X NEED_MISSING");
  EXPECT_EQ(complete({NeedOf("PLD", 1)}), "X NEED_CODE_INVALID");
  EXPECT_EQ(complete({NeedOf("BESD", 1)}), "X NEED_DISCONTINUED");
  EXPECT_EQ(complete({NeedOf("", 1)}), "X NEED_CODE_MISSING");
  EXPECT_EQ(complete({NeedOf("SLCN", 1), NeedOf("ASD", 1)}), "X NEED_RANK_INVALID");
  EXPECT_EQ(complete({NeedOf("SLCN", 2)}), "X NEED_RANK_INVALID");
  EXPECT_EQ(complete({NeedOf("SLCN", 2), NeedOf("DS", 1)}), "ChildAssessed");
}

TEST(NeedRules, LeaveNsaWithSenSupport) {
  CaseDriver driver;
  BringToSupport(driver);
  ASSERT_EQ(driver.record().needs(0).sen_type(), "NSA");
  auto end = driver.Example<v1::EndSenSupport>("2025-10-07");
  end.mutable_end()->set_reason(v1::END_REASON_EHC_PLAN_ISSUED);
  EXPECT_EQ(driver.Send("2025-10-07", "senco", end), "X NEED_NSA_NOT_K");
  end.mutable_end()->set_reason(v1::END_REASON_LEFT_SETTING);
  EXPECT_EQ(driver.Send("2025-10-07", "senco", end), "SenSupportEnded");
  EXPECT_EQ(driver.record().needs_size(), 0);
}

// An assessment with everything but one thing.
enum class Without { kInformation, kBySenco, kDecision, kChild, kParent, kEvidence, kAdvice };

CaseDriver& AssessWithout(CaseDriver& driver, Without without) {
  BringToSupport(driver);
  driver.Send<v1::NotifyParent>("2025-10-07");
  if (without == Without::kAdvice) driver.Send<v1::RecordInvolvedProfessional>("2025-10-07");
  driver.Send<v1::StartAssessment>("2025-10-08");
  auto review = driver.Example<v1::ReviewExistingInformation>("2025-10-08");
  if (without == Without::kBySenco) review.mutable_review()->mutable_reviewed_by()->RemoveLast();
  if (without != Without::kInformation) driver.Send("2025-10-08", "senco", review);
  if (without != Without::kDecision) driver.Send<v1::DecideFurtherAssessment>("2025-10-08");
  if (without != Without::kChild) driver.Send<v1::RecordChildViews>("2025-10-08");
  if (without != Without::kParent) driver.Send<v1::RecordParentViews>("2025-10-08");
  if (without != Without::kEvidence) driver.Send<v1::RecordProgress>("2025-10-08");
  return driver;
}

void ExpectAssessmentLacks(Without without, const char* code) {
  CaseDriver driver;
  AssessWithout(driver, without);
  const auto complete = driver.Example<v1::CompleteAssessment>("2025-10-15");
  EXPECT_SHOULD(driver, "2025-10-15", complete, code, "ChildAssessed");
}

TEST(AssessmentRules, NameTheOneThingThatIsMissingAndTakeAReason) {
  ExpectAssessmentLacks(Without::kParent, "PARENT_VIEWS_MISSING");
  ExpectAssessmentLacks(Without::kChild, "CHILD_VIEWS_MISSING");
  ExpectAssessmentLacks(Without::kEvidence, "NO_EVIDENCE");
  ExpectAssessmentLacks(Without::kAdvice, "PROFESSIONAL_NOT_CONSULTED");
  ExpectAssessmentLacks(Without::kInformation, "INFORMATION_NOT_REVIEWED");
  ExpectAssessmentLacks(Without::kBySenco, "INFORMATION_NOT_REVIEWED");
}

TEST(AssessmentRules, WantADecisionOnFurtherAssessmentWhateverTheReason) {
  CaseDriver driver;
  AssessWithout(driver, Without::kDecision);
  EXPECT_EQ(driver.Send("2025-10-15", "senco", driver.Example<v1::CompleteAssessment>("2025-10-15"),
                        {DepartFrom("FURTHER_ASSESSMENT_UNDECIDED")}),
            "X FURTHER_ASSESSMENT_UNDECIDED");
}

TEST(AssessmentRules, TakeTwoTriesForViewsAndAdviceForAConsultation) {
  CaseDriver driver;
  AssessWithout(driver, Without::kParent);
  auto missing = driver.Example<v1::RecordViewsNotObtained>("2025-10-15");
  missing.mutable_missing()->mutable_attempts()->RemoveLast();
  EXPECT_EQ(driver.Send("2025-10-15", "senco", missing), "X INSUFFICIENT_ATTEMPTS");
  EXPECT_EQ(driver.Send<v1::RecordViewsNotObtained>("2025-10-15"), "ViewsNotObtained");
  EXPECT_EQ(driver.Send<v1::CompleteAssessment>("2025-10-15"), "ChildAssessed");

  CaseDriver advised;
  AssessWithout(advised, Without::kAdvice);
  EXPECT_EQ(advised.Send<v1::RecordProfessionalInput>("2025-10-15"), "ProfessionalConsulted");
  EXPECT_EQ(advised.Send<v1::CompleteAssessment>("2025-10-15"), "ChildAssessed");
}

TEST(ProfessionalRules, BringInAStrangerOnlyIfTheParentsAgree) {
  CaseDriver driver;
  BringToAssess(driver);
  auto advice = driver.Example<v1::RecordProfessionalInput>("2025-10-15");
  advice.mutable_input()->clear_parent_agreed_on();
  EXPECT_EQ(driver.Send("2025-10-15", "professional", advice), "X NO_PARENTAL_AGREEMENT");
  auto assessment = driver.Example<v1::RecordAssessment>("2025-10-15");
  *assessment.mutable_assessment()->mutable_assessed_by() = advice.input().professional();
  EXPECT_EQ(driver.Send("2025-10-15", "professional", assessment), "X NO_PARENTAL_AGREEMENT");
  EXPECT_EQ(driver.Send<v1::RecordProfessionalInput>("2025-10-15"), "ProfessionalConsulted");
  EXPECT_EQ(driver.Send("2025-10-15", "professional", assessment), "AssessmentUndertaken");
  advice.mutable_input()->set_discipline("magic");
  EXPECT_EQ(driver.Send("2025-10-15", "professional", advice), "X FIELD_INVALID");
}

TEST(PeopleRules, KeepRestrictedPeopleOut) {
  CaseDriver driver;
  OpenCase(driver);
  auto link = driver.Example<v1::LinkParentCarer>("2025-09-03");
  link.mutable_parent_carer()->set_restriction(v1::PARENT_RESTRICTION_NO_CONTACT);
  ASSERT_EQ(driver.Send("2025-09-03", "senco", link), "ParentCarerLinked");
  driver.Send<v1::RaiseConcern>("2025-09-08");
  EXPECT_EQ(driver.Send<v1::RecordEarlyDiscussion>("2025-09-08"), "X RESTRICTED_PERSON");
  EXPECT_EQ(driver.Send<v1::RecordParentViews>("2025-09-08"), "X RESTRICTED_PERSON");
  driver.ActAs(link.parent_carer().person_id());
  EXPECT_EQ(driver.Send<v1::RaiseConcern>("2025-09-08", "parent"), "X NOT_AUTHORISED");
  EXPECT_EQ(driver.rejection().kind, core::RejectionKind::kNotAuthorised);
  driver.ActAs("senco-1");
  driver.ActFor(link.parent_carer().person_id());
  EXPECT_EQ(driver.Send<v1::RaiseConcern>("2025-09-08", "advocate"), "X NOT_AUTHORISED");
  driver.ActFor("");
  link.mutable_parent_carer()->set_restriction(v1::PARENT_RESTRICTION_NONE);
  driver.Send("2025-09-09", "senco", link);
  EXPECT_EQ(driver.Send<v1::RecordParentViews>("2025-09-09"), "ParentViewsRecorded");
}

TEST(PeopleRules, LetOnlyTheHoldingSettingWrite) {
  CaseDriver driver;
  OpenCase(driver);
  driver.ActFrom("URN:199999");
  EXPECT_EQ(driver.Send<v1::RaiseConcern>("2025-09-08", "teacher"), "X NOT_CURRENT_SETTING");
  EXPECT_EQ(driver.Send<v1::RaiseConcern>("2025-09-08", "parent"), "ConcernRaised");
  driver.ActFrom("URN:199001");
  EXPECT_EQ(driver.Send<v1::AdaptTeaching>("2025-09-09", "teacher"), "TeachingAdapted");
}

TEST(PeopleRules, LetRolesDoWhatIsTheirs) {
  CaseDriver driver;
  BringToPlan(driver);
  EXPECT_EQ(driver.Send<v1::AgreePlan>("2025-10-22", "teaching-assistant"), "X NOT_AUTHORISED");
  EXPECT_EQ(driver.Send<v1::RecordProgress>("2025-10-22", "teaching-assistant"),
            "ProgressRecorded");
  EXPECT_EQ(driver.Send<v1::RecordProgress>("2025-10-22", "parent"), "X NOT_AUTHORISED");
}

TEST(PeopleRules, KnowOnlyTheRolesOfThePolicy) {
  CaseDriver driver;
  OpenCase(driver);
  auto raise = driver.Example<v1::RaiseConcern>("2025-09-08");
  raise.mutable_concern()->mutable_raised_by()->set_role("wizard");
  EXPECT_EQ(driver.Send("2025-09-08", "teacher", raise), "X FIELD_INVALID");
}

TEST(LeaveRules, WantAReviewAndAnInformedFamily) {
  CaseDriver driver;
  BringToDo(driver);
  auto end = driver.Example<v1::EndSenSupport>("2025-10-24");
  EXPECT_EQ(driver.Send("2025-10-24", "senco", end), "X END_WITHOUT_REVIEW");
  end.mutable_end()->set_reason(v1::END_REASON_LEFT_SETTING);
  end.mutable_end()->clear_informed();
  EXPECT_SHOULD(driver, "2025-10-24", end, "END_PARENT_NOT_INFORMED", "SenSupportEnded");
  EXPECT_EQ(driver.stage(), "ended");
  EXPECT_EQ(driver.Send<v1::HoldReview>("2025-10-24"), "X STAGE_ORDER");
  EXPECT_EQ(driver.Send<v1::RaiseConcern>("2025-11-03"), "ConcernRaised");
  EXPECT_EQ(driver.stage(), "concern");
}

}  // namespace
}  // namespace apdr::sen
