#include "services/exports/internal/evidence_table.h"

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"

namespace apdr::exports {
namespace {

using event::v1::Event;
using sen::v1::EhcEscalation;
using sen::v1::EhcEvidence;
using sen::v1::SpecialistEvidence;
using sen::v1::ViewsEvidence;

std::string TakeRequest(const Event& event, const sen::v1::EhcAssessmentRequested& data,
                        EhcEvidence& evidence) {
  EhcEscalation& escalation = *evidence.add_escalations();
  escalation.set_requested_on(event.occurred_on());
  escalation.set_requested_by(data.request().requested_by());
  escalation.set_reason(data.request().reason());
  *escalation.mutable_evidence_event_ids() = data.request().evidence();
  return {};
}

// The request that waits for an answer; without one, a request that the record does not have.
EhcEscalation& LastEscalation(EhcEvidence& evidence) {
  if (evidence.escalations_size() == 0) return *evidence.add_escalations();
  return *evidence.mutable_escalations(evidence.escalations_size() - 1);
}

std::string TakeDecision(const Event& event, const sen::v1::EhcDecisionRecorded& data,
                         EhcEvidence& evidence) {
  EhcEscalation& escalation = LastEscalation(evidence);
  const sen::v1::EhcDecisionRecord& decision = data.ehc_decision();
  const bool to_assess = decision.decision() == sen::v1::EHC_DECISION_ASSESS ||
                         decision.decision() == sen::v1::EHC_DECISION_NOT_ASSESS;
  if (to_assess) {
    *escalation.mutable_request_outcome() = decision;
    escalation.set_request_outcome_on(event.occurred_on());
    return decision.decision() == sen::v1::EHC_DECISION_ASSESS ? "assess" : "not assess";
  }
  *escalation.mutable_assessment_outcome() = decision;
  escalation.set_assessment_outcome_on(event.occurred_on());
  return decision.decision() == sen::v1::EHC_DECISION_ISSUE ? "issue" : "not issue";
}

std::string TakePlan(const Event& event, const sen::v1::EhcPlanIssued& data,
                     EhcEvidence& evidence) {
  EhcEscalation& escalation = LastEscalation(evidence);
  escalation.set_plan_started_on(event.occurred_on());
  *escalation.mutable_plan() = data.plan();
  return data.plan().primary_need();
}

SpecialistEvidence& SpecialistOf(EhcEvidence& evidence, const std::string& request_id) {
  for (SpecialistEvidence& specialist : *evidence.mutable_specialists()) {
    if (specialist.request_id() == request_id) return specialist;
  }
  SpecialistEvidence& added = *evidence.add_specialists();
  added.set_request_id(request_id);
  return added;
}

void AddEhcKinds(EvidenceTable& table) {
  AddKind<sen::v1::EhcAssessmentRequested>(table, "ehc", "EHC assessment requested", TakeRequest);
  AddKind<sen::v1::EhcDecisionRecorded>(table, "ehc", "EHC decision", TakeDecision);
  AddKind<sen::v1::EhcPlanIssued>(table, "ehc", "EHC plan issued", TakePlan);
}

void AddSpecialistKinds(EvidenceTable& table) {
  AddKind<sen::v1::SpecialistRequested>(
      table, "specialist", "Specialist requested",
      [](const Event& event, const sen::v1::SpecialistRequested& data, EhcEvidence& evidence) {
        SpecialistEvidence& specialist = SpecialistOf(evidence, data.request().request_id());
        specialist.set_discipline(data.request().discipline());
        specialist.set_requested_on(event.occurred_on());
        specialist.set_question(data.request().question());
        return data.request().discipline();
      });
  AddKind<sen::v1::SpecialistAdviceReceived>(
      table, "specialist", "Specialist advice received",
      [](const Event& event, const sen::v1::SpecialistAdviceReceived& data, EhcEvidence& evidence) {
        SpecialistEvidence& specialist = SpecialistOf(evidence, data.advice().request_id());
        specialist.set_received_on(DateIn(data.advice().received_on(), event));
        *specialist.mutable_advice() = data.advice();
        return specialist.discipline();
      });
  AddKind<sen::v1::SpecialistRequestClosed>(
      table, "specialist", "Specialist request closed",
      [](const Event& event, const sen::v1::SpecialistRequestClosed& data, EhcEvidence& evidence) {
        SpecialistEvidence& specialist = SpecialistOf(evidence, data.request_id());
        specialist.set_closed_on(event.occurred_on());
        specialist.set_result(data.result());
        return specialist.discipline();
      });
  AddKind<sen::v1::ProfessionalConsulted>(
      table, "specialist", "Professional consulted",
      [](const Event& event, const sen::v1::ProfessionalConsulted& data, EhcEvidence& evidence) {
        SpecialistEvidence& specialist = *evidence.add_specialists();
        specialist.set_discipline(data.input().discipline());
        specialist.set_received_on(event.occurred_on());
        *specialist.mutable_input() = data.input();
        return data.input().discipline();
      });
  AddKind<sen::v1::SpecialistInvolvementAdvised>(table, "specialist",
                                                 "Specialist involvement advised");
}

void AddViewsKinds(EvidenceTable& table) {
  AddKind<sen::v1::ChildViewsRecorded>(
      table, "views", "Child's views recorded",
      [](const Event& event, const sen::v1::ChildViewsRecorded& data, EhcEvidence& evidence) {
        ViewsEvidence& views = *evidence.add_views();
        views.set_on(event.occurred_on());
        views.set_of(sen::v1::VIEWS_OF_CHILD);
        // The evidence goes on to the family: that the child was heard, not what in confidence.
        if (data.views().confidentiality() <= sen::v1::CONFIDENTIALITY_NORMAL) {
          views.set_views(data.views().views());
        }
        return std::string();
      });
  AddKind<sen::v1::ParentViewsRecorded>(
      table, "views", "Parent's views recorded",
      [](const Event& event, const sen::v1::ParentViewsRecorded& data, EhcEvidence& evidence) {
        ViewsEvidence& views = *evidence.add_views();
        views.set_on(event.occurred_on());
        views.set_of(sen::v1::VIEWS_OF_PARENT);
        views.set_views(data.views().views());
        views.set_aspirations(data.views().aspirations());
        views.set_concerns(data.views().concerns());
        return std::string();
      });
  AddKind<sen::v1::ViewsNotObtained>(
      table, "views", "Views not obtained",
      [](const Event& event, const sen::v1::ViewsNotObtained& data, EhcEvidence& evidence) {
        ViewsEvidence& views = *evidence.add_views();
        views.set_on(event.occurred_on());
        views.set_of(data.missing().of());
        views.set_not_obtained_reason(data.missing().reason());
        return std::string(data.missing().of() == sen::v1::VIEWS_OF_CHILD ? "child" : "parent");
      });
}

void AddProgressKinds(EvidenceTable& table) {
  AddKind<sen::v1::ProgressRecorded>(
      table, "progress", "Progress recorded",
      [](const Event& event, const sen::v1::ProgressRecorded& data, EhcEvidence& evidence) {
        sen::v1::ProgressEvidence& progress = *evidence.add_progress();
        progress.set_on(DateIn(data.progress().result().on(), event));
        *progress.mutable_progress() = data.progress();
        return data.progress().result().measure();
      });
  AddKind<sen::v1::AssessmentUndertaken>(
      table, "progress", "Assessment undertaken",
      [](const Event& event, const sen::v1::AssessmentUndertaken& data, EhcEvidence& evidence) {
        sen::v1::ProgressEvidence& progress = *evidence.add_progress();
        progress.set_on(DateIn(data.assessment().result().on(), event));
        *progress.mutable_assessment() = data.assessment();
        return data.assessment().instrument();
      });
}

// What is listed and says no more.
void AddOtherKinds(EvidenceTable& table) {
  AddKind<sen::v1::ConcernRaised>(table, "before-support", "Concern raised");
  AddKind<sen::v1::TeachingAdapted>(table, "before-support", "Teaching adapted");
  AddKind<sen::v1::AdaptationContinued>(table, "before-support", "Adaptation continued");
  AddKind<sen::v1::ConcernsResolved>(table, "before-support", "Concerns resolved");
  AddKind<sen::v1::ConcernsRemained>(table, "before-support", "Concerns remained");
  AddKind<sen::v1::SenSupportDeclined>(table, "before-support", "SEN Support declined");
  AddKind<sen::v1::EarlyDiscussionHeld>(table, "meeting", "Early discussion held");
  AddKind<sen::v1::ParentMeetingHeld>(table, "meeting", "Parent meeting held");
  AddKind<sen::v1::SenSupportStarted>(table, "status", "SEN Support started");
  AddKind<sen::v1::ParentFormallyNotified>(table, "status", "Parent formally notified");
  AddKind<sen::v1::SenSupportEnded>(table, "status", "SEN Support ended");
  AddKind<sen::v1::OnePageProfileCreated>(table, "profile", "One-page profile created");
  AddKind<sen::v1::OnePageProfileUpdated>(table, "profile", "One-page profile updated");
  AddKind<sen::v1::DisagreementRaised>(table, "disagreement", "Disagreement raised");
  AddKind<sen::v1::DisagreementResolved>(table, "disagreement", "Disagreement resolved");
  AddKind<sen::v1::RecordCorrected>(
      table, "correction", "Record corrected",
      [](const Event&, const sen::v1::RecordCorrected& data, EhcEvidence&) {
        return absl::StrCat(data.correction().field(), " of ", data.correction().target_event_id());
      });
}

}  // namespace

const EvidenceTable& TheEvidenceTable() {
  static const auto* const kTable = [] {
    auto* table = new EvidenceTable;
    AddEhcKinds(*table);
    AddCycleKinds(*table);
    AddSpecialistKinds(*table);
    AddViewsKinds(*table);
    AddProgressKinds(*table);
    AddOtherKinds(*table);
    return table;
  }();
  return *kTable;
}

}  // namespace apdr::exports
