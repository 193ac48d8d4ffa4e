#include "engine/core/evolve.h"

#include "engine/core/deadlines.h"

namespace apdr::core {

void Evolve(const Workflow& workflow, State& state, const Event& event) {
  state.version = CaseVersion(state.version.value() + 1);
  const std::size_t next = workflow.StageAfter(state.stage, event.payload->type());
  if (next == Workflow::kStageBefore) {
    state.stage = state.stage_before;
  } else {
    if (workflow.StageAt(next).suspends && !workflow.StageAt(state.stage).suspends) {
      state.stage_before = state.stage;
    }
    state.stage = next;
  }
  state.policy = event.policy;
  EvolveDeadlines(state.deadlines, event);
  workflow.module().Evolve(*state.domain, event);
}

}  // namespace apdr::core
