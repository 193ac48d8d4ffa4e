#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::ConfirmParticipants& command, const SenInput&) {
  v1::ParticipantsConfirmed event;
  *event.mutable_participants() = command.participants();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ParticipantsConfirmed& event, Date) {
  *record.mutable_current()->mutable_participants() = event.participants();
}

}  // namespace apdr::sen
