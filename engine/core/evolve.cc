#include "engine/core/evolve.h"

#include "engine/core/deadlines.h"

namespace apdr::core {

void Evolve(const Workflow& workflow, State& state, const Event& event) {
  state.version = CaseVersion(state.version.value() + 1);
  const std::size_t next = workflow.StageAfter(state.stage, event.payload->type());
  if (next == Workflow::kStageBefore) {
    if (!state.stages_before.empty()) {  // Else folded without the event that suspended it.
      state.stage = state.stages_before.back();
      state.stages_before.pop_back();
    }
  } else {
    const bool enters = next != state.stage && workflow.StageAt(next).suspends;
    if (enters) state.stages_before.push_back(state.stage);
    state.stage = next;
  }
  state.policy = event.policy;
  PauseDeadlines(state, event);
  EvolveDeadlines(state.deadlines, event);
  workflow.module().Evolve(*state.domain, event);
}

}  // namespace apdr::core
