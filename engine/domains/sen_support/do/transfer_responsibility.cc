#include "engine/domains/sen_support/do/do.h"

namespace apdr::sen {

Payloads Decide(const v1::TransferResponsibility& command, const SenInput& input) {
  v1::ResponsibilityTransferred event;
  *event.mutable_from() = input.record.responsible_teacher();
  *event.mutable_to() = command.to();
  event.set_handover_note(command.handover_note());
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ResponsibilityTransferred& event, Date) {
  *record.mutable_responsible_teacher() = event.to();
}

}  // namespace apdr::sen
