#pragma once

#include <memory>
#include <optional>
#include <span>

#include "engine/core/state.h"
#include "services/command/command_handler.h"

namespace apdr::command {

// A command that waits to be decided.
struct Waiting {
  Request request;
  Callback done;
  // Read by the submitting thread when the case was not in memory.
  std::optional<core::State> loaded;
  // The store had no commit of its request id; one that is on its way may have it.
  bool is_new = false;
};
using WaitingPtr = std::unique_ptr<Waiting>;

// Has the processor fetch what deciding about them reads of the requests: another thread has just
// written it, so it is in no cache of the decider's core.
void PrefetchRequests(std::span<const WaitingPtr> all);

}  // namespace apdr::command
