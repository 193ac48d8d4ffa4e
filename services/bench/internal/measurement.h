#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace apdr::bench {

// What one stretch of load did. Latencies are those of the measured time only, after the warm-up.
struct Measurement {
  double seconds = 0;
  std::uint64_t calls = 0;  // Answered and accepted.
  std::vector<std::int64_t> latencies_ns;
  std::uint64_t answer_bytes = 0;
  std::map<std::string, std::uint64_t> errors;  // By reason; the warm-up's too.
  double cpu_seconds = 0;                       // Of the serving process, where it is known.

  [[nodiscard]] double PerSecond() const {
    return seconds > 0 ? static_cast<double>(calls) / seconds : 0;
  }
  // Adds another stretch of the same load.
  void Add(const Measurement& other);
};

// The value below which `fraction` of them lie, in milliseconds; 0 of none.
[[nodiscard]] double PercentileMs(std::vector<std::int64_t> latencies_ns, double fraction);

// The middle one; 0 of none.
[[nodiscard]] double Median(std::vector<double> values);

// How long a stretch of load is; calls of the warm-up are made and not counted.
struct Stretch {
  absl::Duration warm_up;
  absl::Duration measured;
};

// Nanoseconds of a clock that never goes back.
[[nodiscard]] std::int64_t NowNanos();

}  // namespace apdr::bench
