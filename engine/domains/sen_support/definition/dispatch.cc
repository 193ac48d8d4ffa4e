#include "engine/domains/sen_support/definition/dispatch.h"

#include <utility>

#include "engine/base/check.h"
#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/specialist.h"
#include "engine/domains/sen_support/before_support/before_support.h"
#include "engine/domains/sen_support/do/do.h"
#include "engine/domains/sen_support/escalate/escalate.h"
#include "engine/domains/sen_support/governance/governance.h"
#include "engine/domains/sen_support/leave/leave.h"
#include "engine/domains/sen_support/move/move.h"
#include "engine/domains/sen_support/plan/plan.h"
#include "engine/domains/sen_support/profile/profile.h"
#include "engine/domains/sen_support/registration/registration.h"
#include "engine/domains/sen_support/review/review.h"
#include "engine/domains/sen_support/setting/setting.h"

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

// A command whose event says the same in the past tense: the fields of both are the same.
template <class Command, class Event>
std::pair<const std::string, DecideFunction> Becomes() {
  const google::protobuf::Descriptor& command = *Command::descriptor();
  const google::protobuf::Descriptor& event = *Event::descriptor();
  APDR_CHECK(command.field_count() == event.field_count());
  for (int i = 0; i < command.field_count(); ++i) {
    APDR_CHECK(command.field(i)->number() == event.field(i)->number() &&
               command.field(i)->name() == event.field(i)->name() &&
               command.field(i)->type() == event.field(i)->type());
  }
  return {TypeOf<Command>(), [](const SenInput& input) {
            Event happened;
            APDR_CHECK(happened.ParseFromString(input.command<Command>().SerializeAsString()));
            return Happened(std::move(happened));
          }};
}

// On the record for its own sake: no rule asks for it.
template <class Event>
std::pair<const std::string, EvolveFunction> Keeps() {
  return {TypeOf<Event>(), [](CaseState&, const core::Event&) {}};
}

using DecideRows = std::map<std::string, DecideFunction, std::less<>>;
using EvolveRows = std::map<std::string, EvolveFunction, std::less<>>;

DecideRows CycleDecides() {
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

// What stands beside the cycle.
DecideRows LaterDecides() {
  return {Decides<v1::AssignIdentifier>(),
          Becomes<v1::UnlinkParentCarer, v1::ParentCarerUnlinked>(),
          Decides<v1::RequestSpecialist>(),
          Decides<v1::RecordSpecialistAdvice>(),
          Becomes<v1::CloseSpecialistRequest, v1::SpecialistRequestClosed>(),
          Decides<v1::IssuePlanWithoutAgreement>(),
          Decides<v1::RecordDelivery>(),
          Decides<v1::RecordNonDelivery>(),
          Becomes<v1::AdjustProvision, v1::ProvisionAdjusted>(),
          Becomes<v1::RecordHomeContribution, v1::HomeContributionRecorded>(),
          Becomes<v1::ScheduleReview, v1::ReviewScheduled>(),
          Becomes<v1::RecordParentMeeting, v1::ParentMeetingHeld>(),
          Becomes<v1::RecordAnnualReport, v1::AnnualReportIssued>(),
          Decides<v1::ReviewExitMonitoring>(),
          Becomes<v1::RequestEhcAssessment, v1::EhcAssessmentRequested>(),
          Decides<v1::RecordEhcDecision>(),
          Becomes<v1::RecordEhcPlan, v1::EhcPlanIssued>(),
          Becomes<v1::PlanTransition, v1::TransitionPlanned>(),
          Decides<v1::TransferChild>(),
          Becomes<v1::SendTransferPackage, v1::TransferPackageSent>(),
          Decides<v1::AcceptTransfer>(),
          Becomes<v1::CloseCase, v1::CaseClosed>(),
          Becomes<v1::ReopenCase, v1::CaseReopened>(),
          Becomes<v1::RaiseDisagreement, v1::DisagreementRaised>(),
          Becomes<v1::ResolveDisagreement, v1::DisagreementResolved>(),
          Decides<v1::CorrectRecord>(),
          Becomes<v1::PlaceHold, v1::HoldPlaced>(),
          Becomes<v1::LiftHold, v1::HoldLifted>(),
          Becomes<v1::RequestDisclosure, v1::DisclosureRequested>(),
          Becomes<v1::Disclose, v1::DisclosureMade>(),
          Decides<v1::EraseRecord>(),
          Decides<v1::AssignSenco>(),
          Decides<v1::PublishSenInformationReport>()};
}

EvolveRows CycleFolds() {
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

EvolveRows LaterFolds() {
  return {Folds<v1::IdentifierAssigned>(),
          Folds<v1::ParentCarerUnlinked>(),
          Folds<v1::InvolvedProfessionalEnded>(),
          Keeps<v1::DecisionRightsTransferred>(),
          Keeps<v1::ProfileRefreshDue>(),
          Folds<v1::SpecialistRequested>(),
          Folds<v1::SpecialistAdviceReceived>(),
          Folds<v1::SpecialistRequestClosed>(),
          Keeps<v1::SpecialistAdviceOverdue>(),
          Folds<v1::PlanIssuedWithoutAgreement>(),
          Keeps<v1::ProvisionDelivered>(),
          Keeps<v1::ProvisionNotDelivered>(),
          Keeps<v1::ProvisionAdjusted>(),
          Keeps<v1::HomeContributionRecorded>(),
          Keeps<v1::ReviewScheduled>(),
          Folds<v1::ParentMeetingHeld>(),
          Keeps<v1::ParentMeetingShortfall>(),
          Keeps<v1::AnnualReportIssued>(),
          Keeps<v1::AnnualReportDue>(),
          Folds<v1::ExitMonitoringReviewed>(),
          Keeps<v1::ExitMonitoringDue>(),
          Folds<v1::EhcAssessmentRequested>(),
          Folds<v1::EhcDecisionRecorded>(),
          Folds<v1::EhcPlanIssued>(),
          Keeps<v1::EhcDecisionOverdue>(),
          Folds<v1::TransitionPlanned>(),
          Folds<v1::ChildTransferredOut>(),
          Folds<v1::TransferPackageSent>(),
          Folds<v1::ChildTransferredIn>(),
          Keeps<v1::TransferOverdue>(),
          Folds<v1::CaseClosed>(),
          Folds<v1::CaseReopened>(),
          Folds<v1::DisagreementRaised>(),
          Folds<v1::DisagreementResolved>(),
          Folds<v1::RecordCorrected>(),
          Folds<v1::HoldPlaced>(),
          Folds<v1::HoldLifted>(),
          Keeps<v1::DisclosureRequested>(),
          Keeps<v1::DisclosureMade>(),
          Keeps<v1::DisclosureOverdue>(),
          Keeps<v1::RetentionReached>(),
          Folds<v1::RecordErased>(),
          Folds<v1::SencoAssigned>(),
          Folds<v1::SenInformationReportPublished>(),
          Keeps<v1::InformationReportDue>()};
}

}  // namespace

std::map<std::string, DecideFunction, std::less<>> DecideTable() {
  DecideRows rows = CycleDecides();
  rows.merge(LaterDecides());
  return rows;
}

std::map<std::string, EvolveFunction, std::less<>> EvolveTable() {
  EvolveRows rows = CycleFolds();
  rows.merge(LaterFolds());
  return rows;
}

}  // namespace apdr::sen
