#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"

namespace apdr {

// A clock that stands still until it is moved: the twin of SystemClock in the simulator and in
// scenarios, and the demonstration clock of `apdr serve --demo-clock`. Never goes back.
// Thread-safe.
class SettableClock final : public Clock {
 public:
  explicit SettableClock(absl::Time start);

  [[nodiscard]] absl::Time Now() const override;
  [[nodiscard]] absl::Duration Monotonic() const override;

  // Moves to `time`; an earlier time leaves the clock where it is.
  void AdvanceTo(absl::Time time);

 private:
  const absl::Time start_;
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr
