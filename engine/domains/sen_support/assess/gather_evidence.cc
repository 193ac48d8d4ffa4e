#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/professionals.h"

// The commands that add one piece to the record. Each becomes its event unchanged, with the dates
// that were left to the command's own.
namespace apdr::sen {
namespace {

state::v1::CycleRecord& Current(CaseState& record) { return *record.mutable_current(); }

// What is said from now on is said towards the review.
bool HasPlanOfCycle(const CaseState& record) {
  return record.has_plan() && record.plan().cycle() == record.cycle();
}

void AddEvidence(CaseState& record) {
  Current(record).set_evidence(record.current().evidence() + 1);
}

void DateMeasure(v1::Measure& measure, const SenInput& input) {
  if (measure.on().empty()) measure.set_on(input.on_text());
}

}  // namespace

Payloads Decide(const v1::ReviewExistingInformation& command, const SenInput&) {
  v1::ExistingInformationReviewed event;
  *event.mutable_review() = command.review();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ExistingInformationReviewed& event, Date) {
  const auto& people = event.review().reviewed_by();
  if (Includes(people, IsTeaching)) Current(record).set_information_reviewed_by_teacher(true);
  if (Includes(people, IsSenco)) Current(record).set_information_reviewed_by_senco(true);
}

Payloads Decide(const v1::DecideFurtherAssessment& command, const SenInput&) {
  v1::FurtherAssessmentDecided event;
  *event.mutable_decision() = command.decision();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::FurtherAssessmentDecided&, Date) {
  Current(record).set_further_assessment_decided(true);
}

Payloads Decide(const v1::RecordChildViews& command, const SenInput&) {
  v1::ChildViewsRecorded event;
  *event.mutable_views() = command.views();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ChildViewsRecorded&, Date) {
  Current(record).set_child_views_settled(true);
  if (HasPlanOfCycle(record)) Current(record).set_child_heard_for_review(true);
}

bool IsWithheldFrom(std::string_view role, v1::Confidentiality confidentiality) {
  const bool from_parent = confidentiality == v1::CONFIDENTIALITY_WITHHOLD_FROM_PARENT ||
                           confidentiality == v1::CONFIDENTIALITY_PROFESSIONAL_ONLY;
  const bool from_child = confidentiality == v1::CONFIDENTIALITY_WITHHOLD_FROM_CHILD ||
                          confidentiality == v1::CONFIDENTIALITY_PROFESSIONAL_ONLY;
  if (role == "advocate") return from_parent || from_child;
  return (IsParent(role) && from_parent) || (IsChild(role) && from_child);
}

Payloads Decide(const v1::RecordParentViews& command, const SenInput&) {
  v1::ParentViewsRecorded event;
  *event.mutable_views() = command.views();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ParentViewsRecorded&, Date) {
  Current(record).set_parent_views_settled(true);
  if (HasPlanOfCycle(record)) Current(record).set_family_heard_for_review(true);
}

Payloads Decide(const v1::RecordViewsNotObtained& command, const SenInput&) {
  v1::ViewsNotObtained event;
  *event.mutable_missing() = command.missing();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ViewsNotObtained& event, Date) {
  if (event.missing().of() == v1::VIEWS_OF_CHILD) Current(record).set_child_views_settled(true);
  if (event.missing().of() == v1::VIEWS_OF_PARENT) {
    Current(record).set_parent_views_settled(true);
    if (HasPlanOfCycle(record)) Current(record).set_family_heard_for_review(true);
  }
}

Payloads Decide(const v1::RecordAssessment& command, const SenInput& input) {
  v1::AssessmentUndertaken event;
  *event.mutable_assessment() = command.assessment();
  DateMeasure(*event.mutable_assessment()->mutable_result(), input);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::AssessmentUndertaken&, Date) { AddEvidence(record); }

Payloads Decide(const v1::RecordProgress& command, const SenInput& input) {
  v1::ProgressRecorded event;
  *event.mutable_progress() = command.progress();
  DateMeasure(*event.mutable_progress()->mutable_result(), input);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ProgressRecorded&, Date) { AddEvidence(record); }

Payloads Decide(const v1::RecordProfessionalInput& command, const SenInput&) {
  v1::ProfessionalConsulted event;
  *event.mutable_input() = command.input();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ProfessionalConsulted& event, Date) {
  auto& known = KnownOrNew(record, event.input().professional().person_id());
  if (known.discipline().empty()) known.set_discipline(event.input().discipline());
  known.set_consulted_in_cycle(NextCycle(record));
}

}  // namespace apdr::sen
