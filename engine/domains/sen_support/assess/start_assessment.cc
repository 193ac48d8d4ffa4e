#include <algorithm>

#include "engine/domains/sen_support/assess/assess.h"

namespace apdr::sen {

// A cycle that was left is not done again under its number. (A state of before last_closed_cycle
// counts the completed ones.)
std::uint32_t NextCycle(const CaseState& record) {
  return std::max(record.cycles_completed(), record.last_closed_cycle()) + 1;
}

Payloads Decide(const v1::StartAssessment& command, const SenInput& input) {
  v1::AssessmentStarted event;
  event.set_cycle(NextCycle(input.record));
  event.set_trigger(command.trigger());
  return Happened(std::move(event));
}

// What was gathered since SEN Support started, or since the last review, counts towards the cycle.
void Evolve(CaseState& record, const v1::AssessmentStarted& event, Date occurred_on) {
  record.set_cycle(event.cycle());
  record.set_stage_since(FormatDate(occurred_on));
}

}  // namespace apdr::sen
