#include "services/bench/internal/report.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace apdr::bench {
namespace {

constexpr double kMedian = 0.50;
constexpr double kTail = 0.99;

double CpuMicros(const Measurement& measured) {
  return measured.calls > 0 ? measured.cpu_seconds * 1e6 / static_cast<double>(measured.calls) : 0;
}

std::string Kernel() {
  utsname name{};
  return uname(&name) == 0 ? absl::StrFormat("%s %s %s", name.sysname, name.release, name.machine)
                           : "";
}

nlohmann::json Figures(const Measurement& measured) {
  nlohmann::json figures = {{"per_second", measured.PerSecond()},
                            {"calls", measured.calls},
                            {"p50_ms", PercentileMs(measured.latencies_ns, kMedian)},
                            {"p99_ms", PercentileMs(measured.latencies_ns, kTail)}};
  if (measured.cpu_seconds > 0) figures["cpu_us_per_call"] = CpuMicros(measured);
  return figures;
}

std::string Line(const LevelResult& level) {
  const auto [lowest, highest] = std::ranges::minmax(level.ratios);
  std::string line = absl::StrFormat(
      "%-22s %9.0f %8.3f %8.3f  %9.0f %8.3f %8.3f   %.3f (%.2f to %.2f)", level.name,
      level.server.PerSecond(), PercentileMs(level.server.latencies_ns, kMedian),
      PercentileMs(level.server.latencies_ns, kTail), level.floor.PerSecond(),
      PercentileMs(level.floor.latencies_ns, kMedian),
      PercentileMs(level.floor.latencies_ns, kTail), level.Ratio(), lowest, highest);
  if (level.has_target) {
    line +=
        absl::StrFormat("  must be %.2f: %s", kRatioTarget, level.TargetMet() ? "met" : "not met");
  }
  return line;
}

void PrintCpu(const Report& report, std::ostream& out) {
  out << "\nCPU of the serving process per call (us)      server      echo\n";
  for (const LevelResult& level : report.levels) {
    out << absl::StrFormat("%-40s %11.1f %9.1f\n", level.name, CpuMicros(level.server),
                           CpuMicros(level.floor));
  }
}

void PrintDisk(const char* name, const Measurement& measured, std::ostream& out) {
  out << absl::StrFormat("%-40s %9.0f/s  p50 %.3f ms  p99 %.3f ms\n", name, measured.PerSecond(),
                         PercentileMs(measured.latencies_ns, kMedian),
                         PercentileMs(measured.latencies_ns, kTail));
}

}  // namespace

void PrintTable(const Report& report, const BenchOptions& options, std::ostream& out) {
  out << absl::StrFormat("%d cores, %s; %d cases, run %s; every answer durable\n",
                         sysconf(_SC_NPROCESSORS_ONLN), Kernel(), options.cases, report.run);
  if (!options.commit.empty()) out << "commit " << options.commit << "\n";
  out << absl::StrFormat("cases opened at %.0f commands/s\n\n", report.opening.PerSecond());
  out << "                        commands/s   p50 ms   p99 ms     echo/s   p50 ms   p99 ms   "
         "ratio\n";
  for (const LevelResult& level : report.levels) out << Line(level) << "\n";
  const bool knows_cpu = std::ranges::any_of(
      report.levels, [](const LevelResult& level) { return level.server.cpu_seconds > 0; });
  if (knows_cpu) PrintCpu(report, out);
  out << "\nDisk, in " << report.floor_dir << "\n";
  PrintDisk("append 400 bytes + fdatasync", report.file_sync, out);
  PrintDisk("RocksDB, one synced put of 400 bytes", report.rocksdb_sync, out);
  for (const auto& [reason, count] : report.refused.errors) {
    out << absl::StrFormat("\nNOT ACCEPTED: %d times %s", count, reason);
  }
  if (!report.refused.errors.empty()) out << "\n";
}

void PrintJson(const Report& report, const BenchOptions& options, std::ostream& out) {
  nlohmann::json levels = nlohmann::json::array();
  for (const LevelResult& level : report.levels) {
    const auto [lowest, highest] = std::ranges::minmax(level.ratios);
    nlohmann::json row = {{"name", level.name},           {"server", Figures(level.server)},
                          {"echo", Figures(level.floor)}, {"ratio", level.Ratio()},
                          {"ratio_min", lowest},          {"ratio_max", highest}};
    if (level.has_target) row["target"] = {{"ratio", kRatioTarget}, {"met", level.TargetMet()}};
    levels.push_back(std::move(row));
  }
  const nlohmann::json document = {
      {"machine", {{"cores", sysconf(_SC_NPROCESSORS_ONLN)}, {"kernel", Kernel()}}},
      {"commit", options.commit},
      {"run", report.run},
      {"cases", options.cases},
      {"seconds", options.seconds},
      {"rounds", options.rounds},
      {"durable", true},
      {"answer_bytes",
       {{"unary", report.unary_answer_bytes}, {"stream", report.stream_answer_bytes}}},
      {"opening", Figures(report.opening)},
      {"levels", std::move(levels)},
      {"disk",
       {{"directory", report.floor_dir},
        {"fdatasync_append_400", Figures(report.file_sync)},
        {"rocksdb_synced_put_400", Figures(report.rocksdb_sync)}}},
      {"errors", report.refused.errors}};
  out << document.dump(2) << "\n";
}

}  // namespace apdr::bench
