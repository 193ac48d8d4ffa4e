#pragma once

#include "absl/status/statusor.h"

namespace apdr {

enum class StepResult {
  kProgressed,  // Something was done; there may be more.
  kIdle,        // Nothing to do now.
};

// Background work cut into bounded steps. Step never sleeps and never waits longer than the call it
// makes; the caller (services/host in production, the simulator in tests) sets the pace. One thread
// at a time.
class Worker {
 public:
  virtual ~Worker() = default;
  // kUnavailable: try again later. Any other error stops the process (fail-stop).
  [[nodiscard]] virtual absl::StatusOr<StepResult> Step() = 0;
};

}  // namespace apdr
