#pragma once

#include <atomic>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace apdr {

// Lets a producer of work wake the loop that does it. Notifications that nobody waits for are kept,
// as one.
// Thread-safe. Only services/host waits; everyone else notifies.
class Wakeup {
 public:
  void Notify() {
    // One is kept already. Whoever takes it reads it with an exchange, and so sees everything that
    // was left for it before this one: a busy loop is notified without the lock.
    if (kept_.exchange(true, std::memory_order_acq_rel)) return;
    const absl::MutexLock lock(&mutex_);  // Letting go of it makes the waiter look.
  }

  // Returns at a notification, or after `timeout`.
  void Wait(absl::Duration timeout) {
    const absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(this, &Wakeup::IsKept), timeout);
    kept_.exchange(false, std::memory_order_acq_rel);
  }

 private:
  [[nodiscard]] bool IsKept() const { return kept_.load(std::memory_order_acquire); }

  absl::Mutex mutex_;
  std::atomic<bool> kept_ = false;
};

}  // namespace apdr
