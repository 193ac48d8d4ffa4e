#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::RaiseConcern& command, const SenInput&) {
  v1::ConcernRaised event;
  *event.mutable_concern() = command.concern();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ConcernRaised&, Date occurred_on) {
  if (!record.concern_open()) record.set_stage_since(FormatDate(occurred_on));
  record.set_concern_open(true);
  record.set_exit_monitored(false);
}

}  // namespace apdr::sen
