#include "engine/domains/sen_support/assess/professionals.h"
#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {

// Whoever is involved and is recorded again with an end has ended.
Payloads Decide(const v1::RecordInvolvedProfessional& command, const SenInput& input) {
  v1::InvolvedProfessional professional = command.professional();
  const auto* known = FindProfessional(input.record, professional.person_id());
  if (!professional.until().empty() && known != nullptr && known->involved()) {
    if (professional.since().empty()) professional.set_since(known->since());
    v1::InvolvedProfessionalEnded event;
    *event.mutable_professional() = std::move(professional);
    return Happened(std::move(event));
  }
  if (professional.since().empty()) professional.set_since(input.on_text());
  v1::InvolvedProfessionalRecorded event;
  *event.mutable_professional() = std::move(professional);
  return Happened(std::move(event));
}

namespace {

void Know(CaseState& record, const v1::InvolvedProfessional& professional) {
  state::v1::KnownProfessional& known = KnownOrNew(record, professional.person_id());
  known.set_discipline(professional.discipline());
  known.set_since(professional.since());
  known.set_until(professional.until());
  known.set_involved(true);
}

}  // namespace

void Evolve(CaseState& record, const v1::InvolvedProfessionalRecorded& event, Date) {
  Know(record, event.professional());
}

void Evolve(CaseState& record, const v1::InvolvedProfessionalEnded& event, Date) {
  Know(record, event.professional());
}

}  // namespace apdr::sen
