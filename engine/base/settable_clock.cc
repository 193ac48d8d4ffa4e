#include "engine/base/settable_clock.h"

#include <algorithm>

namespace apdr {

SettableClock::SettableClock(absl::Time start) : start_(start), now_(start) {}

absl::Time SettableClock::Now() const {
  const absl::MutexLock lock(&mutex_);
  return now_;
}

absl::Duration SettableClock::Monotonic() const { return Now() - start_; }

void SettableClock::AdvanceTo(absl::Time time) {
  const absl::MutexLock lock(&mutex_);
  now_ = std::max(now_, time);
}

}  // namespace apdr
