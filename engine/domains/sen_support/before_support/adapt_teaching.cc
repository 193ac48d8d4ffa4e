#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::AdaptTeaching& command, const SenInput&) {
  v1::TeachingAdapted event;
  *event.mutable_teaching() = command.teaching();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::TeachingAdapted&, Date occurred_on) {
  record.set_adaptation_open(true);
  record.set_stage_since(FormatDate(occurred_on));
}

}  // namespace apdr::sen
