#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::DeclineSenSupport& command, const SenInput&) {
  v1::SenSupportDeclined event;
  *event.mutable_decline() = command.decline();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SenSupportDeclined&, Date occurred_on) {
  CloseConcern(record);
  record.set_stage_since(FormatDate(occurred_on));
}

}  // namespace apdr::sen
