#include "engine/domains/sen_support/assess/needs.h"
#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::StartSenSupport& command, const SenInput& input) {
  v1::SenSupportStarted event;
  *event.mutable_start() = command.start();
  DateNeeds(*event.mutable_start()->mutable_needs(), input);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SenSupportStarted& event, Date occurred_on) {
  CloseConcern(record);
  record.set_provision(v1::PROVISION_SEN_SUPPORT);
  *record.mutable_needs() = event.start().needs();
  record.set_sen_support_started_on(FormatDate(occurred_on));
  record.set_stage_since(FormatDate(occurred_on));
  // A letter of before was not about this support.
  record.set_parent_notified(false);
  record.clear_parent_notified_on();
  record.clear_current();
}

}  // namespace apdr::sen
