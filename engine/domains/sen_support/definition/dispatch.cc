#include "engine/domains/sen_support/definition/dispatch.h"

#include <utility>

#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/before_support/before_support.h"
#include "engine/domains/sen_support/do/do.h"
#include "engine/domains/sen_support/leave/leave.h"
#include "engine/domains/sen_support/plan/plan.h"
#include "engine/domains/sen_support/profile/profile.h"
#include "engine/domains/sen_support/registration/registration.h"
#include "engine/domains/sen_support/review/review.h"

namespace apdr::sen {
namespace {

template <class Command>
std::pair<const std::string, DecideFunction> Decides() {
  return {TypeOf<Command>(),
          [](const SenInput& input) { return Decide(input.command<Command>(), input); }};
}

template <class Event>
std::pair<const std::string, EvolveFunction> Folds() {
  return {TypeOf<Event>(), [](CaseState& record, const core::Event& event) {
            Evolve(record, As<Event>(*event.payload), event.occurred_on);
          }};
}

// On the record for its own sake: no rule asks for it.
template <class Event>
std::pair<const std::string, EvolveFunction> Keeps() {
  return {TypeOf<Event>(), [](CaseState&, const core::Event&) {}};
}

}  // namespace

std::map<std::string, DecideFunction, std::less<>> DecideTable() {
  return {Decides<v1::RegisterChild>(),
          Decides<v1::LinkParentCarer>(),
          Decides<v1::AssignResponsibleTeacher>(),
          Decides<v1::RecordInvolvedProfessional>(),
          Decides<v1::RaiseConcern>(),
          Decides<v1::AdaptTeaching>(),
          Decides<v1::ReviewAdaptation>(),
          Decides<v1::RecordEarlyDiscussion>(),
          Decides<v1::StartSenSupport>(),
          Decides<v1::DeclineSenSupport>(),
          Decides<v1::NotifyParent>(),
          Decides<v1::CreateOnePageProfile>(),
          Decides<v1::UpdateOnePageProfile>(),
          Decides<v1::StartAssessment>(),
          Decides<v1::ReviewExistingInformation>(),
          Decides<v1::DecideFurtherAssessment>(),
          Decides<v1::RecordChildViews>(),
          Decides<v1::RecordParentViews>(),
          Decides<v1::RecordViewsNotObtained>(),
          Decides<v1::RecordAssessment>(),
          Decides<v1::RecordProgress>(),
          Decides<v1::RecordProfessionalInput>(),
          Decides<v1::CompleteAssessment>(),
          Decides<v1::ConfirmParticipants>(),
          Decides<v1::RecordContribution>(),
          Decides<v1::DraftPlan>(),
          Decides<v1::AgreePlan>(),
          Decides<v1::SharePlan>(),
          Decides<v1::ChangeReviewDate>(),
          Decides<v1::StartSupport>(),
          Decides<v1::BriefStaff>(),
          Decides<v1::RecordTeamNote>(),
          Decides<v1::TransferResponsibility>(),
          Decides<v1::HoldReview>(),
          Decides<v1::ShareReviewRecord>(),
          Decides<v1::EndSenSupport>()};
}

std::map<std::string, EvolveFunction, std::less<>> EvolveTable() {
  return {Folds<v1::ChildRegistered>(),
          Folds<v1::ParentCarerLinked>(),
          Folds<v1::ResponsibleTeacherAssigned>(),
          Folds<v1::InvolvedProfessionalRecorded>(),
          Folds<v1::ConcernRaised>(),
          Folds<v1::TeachingAdapted>(),
          Folds<v1::AdaptationContinued>(),
          Folds<v1::ConcernsResolved>(),
          Folds<v1::ConcernsRemained>(),
          Folds<v1::EarlyDiscussionHeld>(),
          Folds<v1::SenSupportStarted>(),
          Folds<v1::SenSupportDeclined>(),
          Folds<v1::ParentFormallyNotified>(),
          Folds<v1::OnePageProfileCreated>(),
          Keeps<v1::OnePageProfileUpdated>(),
          Folds<v1::AssessmentStarted>(),
          Folds<v1::ExistingInformationReviewed>(),
          Folds<v1::FurtherAssessmentDecided>(),
          Folds<v1::ChildViewsRecorded>(),
          Folds<v1::ParentViewsRecorded>(),
          Folds<v1::ViewsNotObtained>(),
          Folds<v1::AssessmentUndertaken>(),
          Folds<v1::ProgressRecorded>(),
          Folds<v1::ProfessionalConsulted>(),
          Folds<v1::ChildAssessed>(),
          Folds<v1::ParticipantsConfirmed>(),
          Folds<v1::ContributionRecorded>(),
          Folds<v1::PlanDrafted>(),
          Folds<v1::PlanAgreed>(),
          Keeps<v1::PlanShared>(),
          Folds<v1::ReviewDateChanged>(),
          Folds<v1::SupportStarted>(),
          Keeps<v1::StaffBriefed>(),
          Keeps<v1::TeamNoteRecorded>(),
          Folds<v1::ResponsibilityTransferred>(),
          Folds<v1::ReviewHeld>(),
          Keeps<v1::SpecialistInvolvementAdvised>(),
          Folds<v1::CycleCompleted>(),
          Folds<v1::ReviewRecordShared>(),
          Folds<v1::SenSupportEnded>(),
          Keeps<v1::AdaptationReviewDue>(),
          Keeps<v1::ParentNotificationOverdue>(),
          Keeps<v1::AssessmentOverdue>(),
          Keeps<v1::PlanOverdue>(),
          Keeps<v1::PlanSharingOverdue>(),
          Keeps<v1::SupportStartOverdue>(),
          Keeps<v1::ReviewReminderIssued>(),
          Keeps<v1::ReviewOverdue>(),
          Keeps<v1::ReviewRecordOverdue>()};
}

}  // namespace apdr::sen
