#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace apdr::bench {

// What `apdr bench` measures, and how long.
struct BenchOptions {
  std::string server = "127.0.0.1:7400";
  std::size_t cases = 10000;
  double seconds = 5;  // Of load on the server per level; its floor takes as long again.
  bool lag = false;    // Instead of the levels: how far behind the read side is.
  std::string query;   // Where it is; empty: at `server`.
  std::vector<std::string> levels;  // By the names of --level; empty: all.
  std::size_t rounds = 3;       // Into which the seconds of a level are cut: floor, server, floor.
  std::string floor_dir;        // Empty: the system's directory for temporary files.
  std::int64_t server_pid = 0;  // 0: the server's CPU time is not measured.
  std::string commit;           // Of the server, for the report.
  bool json = false;
  // The floor's own process, started by the benchmark itself.
  bool serve_echo = false;
  std::size_t echo_unary_bytes = 0;
  std::size_t echo_stream_bytes = 0;
};

// Declares the command's flags, its description and its example on `command`.
void DescribeBenchCommand(CLI::App& command, BenchOptions& options);

// Drives a running server with real commands on many cases and prints what it did beside the floors
// measured in the same run, as ratios. Progress goes to `err`, the report to `out`. The server
// keeps the cases. One thread. Starts this same executable again as `apdr bench --serve-echo` for
// the floor and ends it before returning. Returns 0, or 1 when the run could not be made or any
// command was not accepted; a missed target is said in the report and is no error.
[[nodiscard]] int RunBenchCommand(const BenchOptions& options, std::ostream& out,
                                  std::ostream& err);

}  // namespace apdr::bench
