#include "engine/domains/sen_support/assess/professionals.h"
#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {

Payloads Decide(const v1::RecordInvolvedProfessional& command, const SenInput& input) {
  v1::InvolvedProfessionalRecorded event;
  *event.mutable_professional() = command.professional();
  if (event.professional().since().empty()) {
    event.mutable_professional()->set_since(input.on_text());
  }
  return Happened(std::move(event));
}

// Recording the same person again replaces the dates: that is how an involvement ends.
void Evolve(CaseState& record, const v1::InvolvedProfessionalRecorded& event, Date) {
  const v1::InvolvedProfessional& professional = event.professional();
  state::v1::KnownProfessional& known = KnownOrNew(record, professional.person_id());
  known.set_discipline(professional.discipline());
  known.set_since(professional.since());
  known.set_until(professional.until());
  known.set_involved(true);
}

}  // namespace apdr::sen
