#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace apdr {

// Lets a producer of work wake the loop that does it. Notifications that nobody waits for are kept,
// as one.
// Thread-safe. Only services/host waits; everyone else notifies.
class Wakeup {
 public:
  void Notify() {
    const absl::MutexLock lock(&mutex_);
    notified_ = true;
  }

  // Returns at a notification, or after `timeout`.
  void Wait(absl::Duration timeout) {
    const absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&notified_), timeout);
    notified_ = false;
  }

 private:
  absl::Mutex mutex_;
  bool notified_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace apdr
