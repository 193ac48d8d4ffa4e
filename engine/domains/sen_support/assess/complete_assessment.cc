#include "engine/domains/sen_support/assess/assess.h"
#include "engine/domains/sen_support/assess/needs.h"

namespace apdr::sen {

Payloads Decide(const v1::CompleteAssessment& command, const SenInput& input) {
  v1::ChildAssessed event;
  event.set_cycle(input.record.cycle());
  *event.mutable_assessment() = command.assessment();
  DateNeeds(*event.mutable_assessment()->mutable_needs(), input);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ChildAssessed& event, Date occurred_on) {
  record.clear_needs();
  for (const v1::Need& need : event.assessment().needs()) {
    if (IsCurrent(need, occurred_on)) *record.add_needs() = need;
  }
  record.set_stage_since(FormatDate(occurred_on));
}

}  // namespace apdr::sen
