#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace apdr::notify {

// A delivery that was slowed down again and again is given up after this.
inline constexpr absl::Duration kGiveUpAfter = absl::Hours(72);

// How long to wait after the `tries`-th try failed: 5 seconds, then longer and longer, a tenth more
// or less by chance that follows from the delivery's id; nullopt: that was the last. All waits
// together are a little over a day. REQUIRES: tries > 0
[[nodiscard]] std::optional<absl::Duration> WaitAfter(std::uint32_t tries,
                                                      std::string_view delivery_id);

// At most so many in any minute. One thread.
class RateLimit {
 public:
  explicit RateLimit(std::uint32_t per_minute);

  // Whether one may go now; if so it is counted.
  [[nodiscard]] bool Take(absl::Time now);
  // When one that was refused may go: each that asks is given a time of its own, so that they do
  // not all come back at once. REQUIRES: Take() has just refused.
  [[nodiscard]] absl::Time Next();

 private:
  const std::size_t per_minute_;
  std::deque<absl::Time> taken_;     // In the last minute.
  std::deque<absl::Time> promised_;  // By Next(), and still to come.
};

}  // namespace apdr::notify
