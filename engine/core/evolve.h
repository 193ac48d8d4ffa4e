#pragma once

#include "engine/core/event.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"

namespace apdr::core {

// Folds the next event of a case into its state: version, stage, deadlines, then the guest's part.
// Pure and total. REQUIRES: the workflow declares the event's type (an upcaster has brought older
// ones forward).
void Evolve(const Workflow& workflow, State& state, const Event& event);

}  // namespace apdr::core
