#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace apdr::host {

// Waits that double from `min` up to `max`, and start again at `min` after a reset. One thread.
class Backoff {
 public:
  Backoff(absl::Duration min, absl::Duration max) : min_(min), max_(max), next_(min) {}

  [[nodiscard]] absl::Duration Next() {
    const absl::Duration wait = next_;
    next_ = std::min(max_, next_ * 2);
    return wait;
  }
  void Reset() { next_ = min_; }

 private:
  absl::Duration min_;
  absl::Duration max_;
  absl::Duration next_;
};

}  // namespace apdr::host
