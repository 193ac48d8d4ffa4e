#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "services/bench/bench_command.h"
#include "services/bench/internal/lag_report.h"
#include "services/bench/internal/measurement.h"

namespace apdr::bench {

// What issue and design ask of the ratio to the floor, where they ask.
inline constexpr double kRatioTarget = 0.50;

// One way of sending commands, the server beside its floor.
struct LevelResult {
  std::string name;  // "unary, 128 clients"
  bool has_target = false;
  Measurement server;
  Measurement floor;
  std::vector<double> ratios;  // Of throughput, one per round.

  [[nodiscard]] double Ratio() const { return Median(ratios); }
  [[nodiscard]] bool TargetMet() const { return !has_target || Ratio() >= kRatioTarget; }
};

struct Report {
  std::string run;  // The number that the ids of its cases carry.
  std::string floor_dir;
  std::size_t unary_answer_bytes = 0;
  std::size_t stream_answer_bytes = 0;
  Measurement opening;  // Of the cases.
  std::vector<LevelResult> levels;
  std::vector<LagResult> lag;  // Instead of all else, where that was asked for.
  Measurement file_sync;
  Measurement rocksdb_sync;
  Measurement refused;  // Only its errors: of every stretch, warm-ups too.
};

void PrintTable(const Report& report, const BenchOptions& options, std::ostream& out);
void PrintJson(const Report& report, const BenchOptions& options, std::ostream& out);

}  // namespace apdr::bench
