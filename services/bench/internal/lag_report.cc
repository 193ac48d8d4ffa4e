#include "services/bench/internal/lag_report.h"

#include <ostream>

#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace apdr::bench {
namespace {

constexpr double kMedian = 0.50;
constexpr double kTail = 0.99;
constexpr double kWorst = 1.0;

nlohmann::json Figures(const std::vector<std::int64_t>& latencies_ns) {
  return {{"count", latencies_ns.size()},
          {"p50_ms", PercentileMs(latencies_ns, kMedian)},
          {"p99_ms", PercentileMs(latencies_ns, kTail)},
          {"worst_ms", PercentileMs(latencies_ns, kWorst)}};
}

}  // namespace

void PrintLagTable(const std::vector<LagResult>& results, std::ostream& out) {
  out << "From a command's acknowledgement until a query shows it\n\n"
         "load                   commands/s   visible after                  a read alone         "
         "followed\n"
         "                                    p50 ms    p99 ms  worst ms    p50 ms    p99 ms\n";
  for (const LagResult& result : results) {
    const LagFigures& figures = result.figures;
    out << absl::StrFormat(
        "%-22s %10.0f  %9.3f %9.3f %9.0f %9.3f %9.3f  %10d\n", result.name, result.load.PerSecond(),
        PercentileMs(figures.visible_ns, kMedian), PercentileMs(figures.visible_ns, kTail),
        PercentileMs(figures.visible_ns, kWorst), PercentileMs(figures.read_ns, kMedian),
        PercentileMs(figures.read_ns, kTail), figures.followed);
  }
}

void PrintLagJson(const std::vector<LagResult>& results, std::ostream& out) {
  nlohmann::json loads = nlohmann::json::array();
  for (const LagResult& result : results) {
    loads.push_back({{"name", result.name},
                     {"commands_per_second", result.load.PerSecond()},
                     {"visible", Figures(result.figures.visible_ns)},
                     {"read_alone", Figures(result.figures.read_ns)}});
  }
  out << nlohmann::json({{"loads", std::move(loads)}}).dump(2) << "\n";
}

}  // namespace apdr::bench
