#include "services/bench/internal/measurement.h"

#include <algorithm>
#include <chrono>

namespace apdr::bench {

void Measurement::Add(const Measurement& other) {
  seconds += other.seconds;
  calls += other.calls;
  latencies_ns.insert(latencies_ns.end(), other.latencies_ns.begin(), other.latencies_ns.end());
  answer_bytes += other.answer_bytes;
  for (const auto& [reason, count] : other.errors) errors[reason] += count;
  cpu_seconds += other.cpu_seconds;
}

double PercentileMs(std::vector<std::int64_t> latencies_ns, double fraction) {
  if (latencies_ns.empty()) return 0;
  const auto last = static_cast<double>(latencies_ns.size() - 1);
  const auto at = latencies_ns.begin() + static_cast<std::ptrdiff_t>(last * fraction);
  std::nth_element(latencies_ns.begin(), at, latencies_ns.end());
  return static_cast<double>(*at) / 1e6;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::int64_t NowNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace apdr::bench
