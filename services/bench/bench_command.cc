#include "services/bench/bench_command.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/clock.h"
#include "engine/base/id_source.h"
#include "engine/base/random.h"
#include "engine/base/status_macros.h"
#include "services/bench/internal/disk_floors.h"
#include "services/bench/internal/echo_process.h"
#include "services/bench/internal/echo_server.h"
#include "services/bench/internal/lag_probe.h"
#include "services/bench/internal/lag_report.h"
#include "services/bench/internal/load.h"
#include "services/bench/internal/report.h"
#include "services/bench/sen_support/sen_commands.h"

namespace apdr::bench {
namespace {

constexpr std::size_t kCasesPerProgress = 1000;
constexpr absl::Duration kWarmUp = absl::Milliseconds(200);
constexpr absl::Duration kSizing = absl::Milliseconds(500);
constexpr absl::Duration kOpeningMax = absl::Minutes(5);

// A way of sending commands, the same for the server and its floor.
struct Level {
  std::string flag;  // As --level names it.
  std::string name;
  bool has_target;
  std::size_t clients = 0;      // 0: streams.
  std::size_t message_max = 1;  // Commands in a message of a stream.

  [[nodiscard]] Wire wire() const { return clients == 0 ? Wire::kStream : Wire::kUnary; }
};

const std::vector<Level>& Levels() {
  static const std::vector<Level> levels{{"unary-1", "unary, 1 client", false, 1},
                                         {"unary-16", "unary, 16 clients", false, 16},
                                         {"unary-128", "unary, 128 clients", true, 128},
                                         {"streams", "4 streams of 256", true, 0, 64},
                                         {"streams-1", "the same, 1 a message", false, 0, 1}};
  return levels;
}

// Cases whose commands are followed: more than one, for each is in a shard of its own and a shard
// has its turn.
constexpr std::size_t kProbes = 4;

// A load beside which the read side is followed.
struct LagLoad {
  std::string name;
  StreamLoad streams;
};

const std::vector<LagLoad>& LagLoads() {
  static const std::vector<LagLoad> loads{
      {"1 stream of 1", {.streams = 1, .window = 1}},
      {"1 stream of 16", {.streams = 1, .window = 16, .message_max = 16}},
      {"4 streams of 256", {.message_max = 64}}};
  return loads;
}

class Bench {
 public:
  Bench(const BenchOptions& options, std::ostream& progress)
      : options_(options), progress_(progress), run_(random_.Next()), cases_(run_, options.cases) {}

  absl::StatusOr<Report> Run() {
    APDR_ASSIGN_OR_RETURN(const Target server,
                          Target::Connect(options_.server, Target::Answers::kChecked));
    report_.run = absl::StrFormat("%016x", run_);
    APDR_RETURN_IF_ERROR(OpenCases(server));
    if (options_.lag) {
      APDR_RETURN_IF_ERROR(MeasureLag(server));
      return std::move(report_);
    }
    APDR_ASSIGN_OR_RETURN(const EchoSizes sizes, LearnAnswerSizes(server));
    APDR_ASSIGN_OR_RETURN(const std::unique_ptr<EchoProcess> echo, EchoProcess::Start(sizes));
    APDR_ASSIGN_OR_RETURN(const Target floor,
                          Target::Connect(echo->address(), Target::Answers::kEchoed));
    for (const Level& level : Levels()) {
      if (!options_.levels.empty() &&
          std::ranges::find(options_.levels, level.flag) == options_.levels.end())
        continue;
      APDR_RETURN_IF_ERROR(MeasureLevel(level, server, floor, echo->pid()));
    }
    APDR_RETURN_IF_ERROR(MeasureDisk());
    return std::move(report_);
  }

 private:
  absl::Status OpenCases(const Target& server) {
    for (std::size_t first = 0; first < options_.cases; first += kCasesPerProgress) {
      const std::size_t last = std::min(first + kCasesPerProgress, options_.cases);
      OpeningCalls calls(OpeningCommands(), cases_, first, last);
      APDR_ASSIGN_OR_RETURN(
          const Measurement opened,
          DriveStreams(server, calls, {.streams = 1, .window = 512, .message_max = 64},
                       {{}, kOpeningMax}));
      report_.opening.Add(opened);
      NoteErrors(opened);
      progress_ << "opened " << last << " of " << options_.cases << " cases" << std::endl;
      if (!report_.refused.errors.empty()) {
        return absl::FailedPreconditionError(
            absl::StrCat("Expected to open the cases, but the server answered ",
                         report_.refused.errors.begin()->first, "."));
      }
    }
    return absl::OkStatus();
  }

  // The floor answers with as many bytes as the server does.
  absl::StatusOr<EchoSizes> LearnAnswerSizes(const Target& server) {
    const auto learn = [&](const Level& level) -> absl::StatusOr<std::size_t> {
      APDR_ASSIGN_OR_RETURN(const Measurement seen, Drive(level, server, {kWarmUp, kSizing}));
      NoteErrors(seen);
      if (seen.calls == 0) {
        return absl::FailedPreconditionError(
            "Expected to warm up, but the server accepted no command.");
      }
      return seen.answer_bytes / seen.calls;
    };
    APDR_ASSIGN_OR_RETURN(report_.unary_answer_bytes, learn({"", "", false, 16}));
    APDR_ASSIGN_OR_RETURN(report_.stream_answer_bytes, learn({"", "", false}));
    return EchoSizes{.unary_bytes = report_.unary_answer_bytes,
                     .stream_bytes = report_.stream_answer_bytes};
  }

  absl::StatusOr<Measurement> Drive(const Level& level, const Target& target, Stretch stretch) {
    RunningCalls calls(RunningCommands(), cases_, level.wire());
    if (level.wire() == Wire::kStream)
      return DriveStreams(target, calls, {.message_max = level.message_max}, stretch);
    return DriveUnary(target, calls, level.clients, stretch);
  }

  // The same with the CPU time of the serving process, less what the warm-up's share is.
  absl::StatusOr<Measurement> DriveTimed(const Level& level, const Target& target, Stretch stretch,
                                         pid_t pid) {
    const double before = CpuSeconds(pid);
    APDR_ASSIGN_OR_RETURN(Measurement measured, Drive(level, target, stretch));
    const double whole = absl::ToDoubleSeconds(stretch.warm_up + stretch.measured);
    measured.cpu_seconds =
        (CpuSeconds(pid) - before) * absl::ToDoubleSeconds(stretch.measured) / whole;
    NoteErrors(measured);
    return measured;
  }

  absl::Status MeasureLevel(const Level& level, const Target& server, const Target& floor,
                            pid_t floor_pid) {
    LevelResult result;
    result.name = level.name;
    result.has_target = level.has_target;
    const absl::Duration slice =
        absl::Seconds(options_.seconds) / static_cast<double>(options_.rounds);
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      progress_ << level.name << ", round " << round + 1 << " of " << options_.rounds << std::endl;
      APDR_ASSIGN_OR_RETURN(Measurement beside,
                            DriveTimed(level, floor, {kWarmUp, slice / 2}, floor_pid));
      APDR_ASSIGN_OR_RETURN(
          const Measurement real,
          DriveTimed(level, server, {kWarmUp, slice}, static_cast<pid_t>(options_.server_pid)));
      APDR_ASSIGN_OR_RETURN(const Measurement after,
                            DriveTimed(level, floor, {kWarmUp, slice / 2}, floor_pid));
      beside.Add(after);
      result.ratios.push_back(real.PerSecond() / beside.PerSecond());
      result.server.Add(real);
      result.floor.Add(beside);
    }
    report_.levels.push_back(std::move(result));
    return absl::OkStatus();
  }

  // A few commands at a time are followed to the query side, while the others are the load.
  absl::Status MeasureLag(const Target& server) {
    const std::string& address = options_.query.empty() ? options_.server : options_.query;
    APDR_ASSIGN_OR_RETURN(const Target query, Target::Connect(address, Target::Answers::kChecked));
    for (const LagLoad& load : LagLoads()) {
      progress_ << "lag, " << load.name << std::endl;
      // What came before is none of this load's: the read side catches up first.
      for (const auto& probe : Probes(server, query)) {
        probe->Start();
        APDR_RETURN_IF_ERROR(probe->Stop().status());
      }
      const auto probes = Probes(server, query);
      RunningCalls calls(RunningCommands(), cases_, Wire::kStream);
      for (const auto& probe : probes) probe->Start();
      auto driven =
          DriveStreams(server, calls, load.streams, {kWarmUp, absl::Seconds(options_.seconds)});
      LagFigures figures;
      for (const auto& probe : probes) {
        APDR_ASSIGN_OR_RETURN(const LagFigures one, probe->Stop());
        figures.Add(one);
      }
      if (!driven.ok()) return std::move(driven).status();
      NoteErrors(*driven);
      report_.lag.push_back(
          {.name = load.name, .load = *std::move(driven), .figures = std::move(figures)});
    }
    return absl::OkStatus();
  }

  std::vector<std::unique_ptr<LagProbe>> Probes(const Target& server, const Target& query) {
    std::vector<std::unique_ptr<LagProbe>> probes;
    for (std::size_t i = 0; i < kProbes; ++i) {
      probes.push_back(std::make_unique<LagProbe>(server.channels().front(),
                                                  query.channels().front(),
                                                  RunningCommands().front(), cases_.At(i), ids_));
    }
    return probes;
  }

  absl::Status MeasureDisk() {
    progress_ << "disk" << std::endl;
    APDR_ASSIGN_OR_RETURN(const FloorDirectory directory, FloorDirectory::Make(options_.floor_dir));
    report_.floor_dir = directory.path().substr(0, directory.path().rfind('/'));
    const absl::Duration time = absl::Seconds(options_.seconds) / 2;
    APDR_ASSIGN_OR_RETURN(report_.file_sync, DriveFileSync(directory, time));
    APDR_ASSIGN_OR_RETURN(report_.rocksdb_sync, DriveRocksDbSync(directory, time));
    return absl::OkStatus();
  }

  void NoteErrors(const Measurement& measured) {
    for (const auto& [reason, count] : measured.errors) report_.refused.errors[reason] += count;
  }

  const BenchOptions& options_;
  std::ostream& progress_;
  PseudoRandom random_;
  const SystemClock clock_;
  UuidV7Source ids_{clock_, random_};
  const std::uint64_t run_;
  const CaseIds cases_;
  Report report_;
};

}  // namespace

void DescribeBenchCommand(CLI::App& command, BenchOptions& options) {
  command.description(
      "Measure a running server beside the floors of the same run.\n"
      "It opens new cases in the tenant 'bench' and leaves them there: use a server made for it.");
  command.footer(
      "Example:\n"
      "  apdr bench --server 127.0.0.1:7400 --seconds 10 --floor-dir /var/lib/apdr\n"
      "  apdr bench --level streams --rounds 5\n"
      "  apdr bench --lag --query 127.0.0.1:7401");
  command.add_option("--server", options.server, "Address of the server")->capture_default_str();
  command.add_option("--cases", options.cases, "Cases over which the commands are spread")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command
      .add_option("--seconds", options.seconds,
                  "Seconds of load per level; its floor as long again")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  command.add_option("--rounds", options.rounds, "Rounds of floor, server, floor per level")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  std::set<std::string> levels;
  for (const Level& level : Levels()) levels.insert(level.flag);
  command.add_option("--level", options.levels, "Only this level; may be given more than once")
      ->check(CLI::IsMember(levels));
  command.add_flag("--lag", options.lag,
                   "Measure instead how long after its acknowledgement a query shows a command, "
                   "under three loads of so many seconds");
  command.add_option("--query", options.query,
                     "With --lag: address of the query side (default: that of the server)");
  command.add_option("--floor-dir", options.floor_dir,
                     "Directory on the disk to measure; give the server's (default: the system's "
                     "directory for temporary files)");
  command.add_option("--server-pid", options.server_pid,
                     "Process of the server, to report its CPU time per command");
  command.add_option("--commit", options.commit, "Commit of the server, for the report");
  command.add_flag("--json", options.json, "Print the report as JSON");
  // For the process that the benchmark starts itself.
  command.add_flag("--serve-echo", options.serve_echo)->group("");
  command.add_option("--echo-unary-bytes", options.echo_unary_bytes)->group("");
  command.add_option("--echo-stream-bytes", options.echo_stream_bytes)->group("");
}

int RunBenchCommand(const BenchOptions& options, std::ostream& out, std::ostream& err) {
  if (options.serve_echo) {
    return ServeEcho(
        {.unary_bytes = options.echo_unary_bytes, .stream_bytes = options.echo_stream_bytes},
        std::cin, out);
  }
  const absl::StatusOr<Report> report = Bench(options, err).Run();
  if (!report.ok()) {
    err << std::string(report.status().message()) << "\n";
    return 1;
  }
  if (options.lag) {
    options.json ? PrintLagJson(report->lag, out) : PrintLagTable(report->lag, out);
  } else if (options.json) {
    PrintJson(*report, options, out);
  } else {
    PrintTable(*report, options, out);
  }
  return report->refused.errors.empty() ? 0 : 1;
}

}  // namespace apdr::bench
