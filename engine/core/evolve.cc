#include "engine/core/evolve.h"

#include "engine/core/deadlines.h"

namespace apdr::core {

void Evolve(const Workflow& workflow, State& state, const Event& event) {
  state.version = CaseVersion(state.version.value() + 1);
  state.stage = workflow.StageAfter(state.stage, event.payload->type());
  state.policy = event.policy;
  EvolveDeadlines(state.deadlines, event);
  workflow.module().Evolve(*state.domain, event);
}

}  // namespace apdr::core
