#pragma once

#include "absl/time/time.h"

namespace apdr {

// Wall time for records, monotonic time for intervals. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // UTC now. May jump when an operator sets the machine's clock.
  [[nodiscard]] virtual absl::Time Now() const = 0;
  // Time since an arbitrary start; never goes back.
  [[nodiscard]] virtual absl::Duration Monotonic() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] absl::Time Now() const override;
  [[nodiscard]] absl::Duration Monotonic() const override;
};

}  // namespace apdr
