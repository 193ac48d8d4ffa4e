// What a streamed command costs the server without gRPC's own part, by phase, on one thread: parse,
// decide, append (one sync a batch), answer, index. The folder is APDR_BENCH_FOLDER or the working
// directory; it must not be a tmpfs.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "engine/base/random.h"
#include "engine/codec/message_in_block.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/policy.h"
#include "engine/domains/sen_support/sen_module.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "services/bench/internal/workload.h"
#include "services/bench/sen_support/sen_commands.h"
#include "services/command/command_handler.h"
#include "services/command/reply.h"
#include "services/command/request_parser.h"
#include "services/host/wire.h"

namespace apdr::command {
namespace {

constexpr std::size_t kBatch = 512;
constexpr std::size_t kIndexEvery = 65'536;  // Commits, as the server does under load.

double ThreadMicros() {
  timespec now{};
  APDR_CHECK(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Answered {
  std::string request_id;
  std::optional<Outcome> outcome;
};

// Everything between gRPC's bytes in and out.
class Server {
 public:
  explicit Server(const std::string& folder) : domain_(sen::Code2015()), workflow_(domain_) {
    eventstore::RocksDbEventStore::Options options;
    options.path = folder;
    auto store = eventstore::RocksDbEventStore::Open(std::move(options));
    APDR_CHECK(store.ok());
    store_ = *std::move(store);
    handler_ = std::make_unique<CommandHandler>(
        CommandHandler::Parts{workflow_, *store_, store_.get(), clock_, ids_}, HandlerOptions());
    parser_ = std::make_unique<RequestParser>(workflow_, clock_);
    for (const bench::MetadataEntry& entry : bench::CallerMetadata()) {
      metadata_.emplace(entry.key, entry.value);
    }
    caller_ = std::get<host::Caller>(host::ReadCaller(metadata_));
  }

  // The same, so that a profiler can tell the measured part by its name.
  [[gnu::noinline]] void RunMeasured(std::vector<bench::Call> calls) { Run(std::move(calls)); }

  // Runs so many calls as one batch and adds to the phases.
  void Run(std::vector<bench::Call> calls) {
    const double start = ThreadMicros();
    std::vector<Request> requests;
    std::vector<Answered> answers(calls.size());
    requests.reserve(calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
      codec::MessageInBlock<v1::ExecuteStreamRequest> message;
      APDR_CHECK(!host::ParseMessage(host::AsText(calls[i].bytes), *message));
      auto parsed = parser_->Parse(message->requests(0), caller_);
      requests.push_back(std::get<Request>(std::move(parsed)));
      answers[i].request_id = message->requests(0).request_id();
    }
    const double parsed = ThreadMicros();
    for (std::size_t i = 0; i < calls.size(); ++i) {
      handler_->Submit(std::move(requests[i]), [&answer = answers[i]](Outcome outcome) {
        answer.outcome = std::move(outcome);
      });
    }
    APDR_CHECK(handler_->decider().Step().ok());
    const double decided = ThreadMicros();
    APDR_CHECK(handler_->committer().Step().ok());
    const double committed = ThreadMicros();
    APDR_CHECK(handler_->decider().Step().ok());
    for (const Answered& answer : answers) {
      APDR_CHECK(answer.outcome.has_value());
      const auto* accepted = std::get_if<Accepted>(&*answer.outcome);
      APDR_CHECK(accepted != nullptr);
      benchmark::DoNotOptimize(StreamAnswer(answer.request_id, *accepted));
    }
    const double answered = ThreadMicros();
    commands_ += calls.size();
    phases_[0] += parsed - start;
    phases_[1] += decided - parsed;
    phases_[2] += committed - decided;
    phases_[3] += answered - committed;
    if (commands_ - indexed_ >= kIndexEvery) Index();
  }

  void ResetPhases() {
    Index();
    phases_.fill(0);
    measured_from_ = commands_;
  }

  void Report(benchmark::State& state) {
    Index();
    constexpr std::array<const char*, 5> kNames{"parse_us", "decide_us", "append_us", "answer_us",
                                                "index_us"};
    const auto commands = static_cast<double>(commands_ - measured_from_);
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      state.counters[kNames[i]] = phases_[i] / commands;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(commands));
  }

 private:
  void Index() {
    const double start = ThreadMicros();
    APDR_CHECK(store_->indexer().Step().ok());
    phases_[4] += ThreadMicros() - start;
    indexed_ = commands_;
  }

  const SystemClock clock_;
  PseudoRandom random_;
  UuidV7Source ids_{clock_, random_};
  const sen::SenModule domain_;
  const core::Workflow workflow_;
  std::unique_ptr<eventstore::RocksDbEventStore> store_;
  std::unique_ptr<CommandHandler> handler_;
  std::unique_ptr<RequestParser> parser_;
  std::multimap<grpc::string_ref, grpc::string_ref> metadata_;
  host::Caller caller_;
  std::array<double, 5> phases_{};
  std::uint64_t commands_ = 0;
  std::uint64_t indexed_ = 0;
  std::uint64_t measured_from_ = 0;
};

void StreamedCommands(benchmark::State& state) {
  const char* const base = std::getenv("APDR_BENCH_FOLDER");
  std::string folder = std::string(base == nullptr ? "." : base) + "/apdr-bench-XXXXXX";
  APDR_CHECK(::mkdtemp(folder.data()) != nullptr);
  {
    Server server(folder);
    const bench::CaseIds cases(1, static_cast<std::size_t>(state.range(0)));
    bench::OpeningCalls opening(bench::OpeningCommands(), cases, 0, cases.count());
    const std::size_t steps = bench::OpeningCommands().size();
    for (std::size_t i = 0; i < cases.count(); ++i) {
      std::vector<bench::Call> calls;
      for (std::size_t step = 0; step < steps; ++step) calls.push_back(*opening.Next());
      server.Run(std::move(calls));
    }
    server.ResetPhases();
    bench::RunningCalls running(bench::RunningCommands(), cases, bench::Wire::kStream);
    for (auto _ : state) {
      state.PauseTiming();
      std::vector<bench::Call> calls;
      for (std::size_t i = 0; i < kBatch; ++i) calls.push_back(*running.Next());
      state.ResumeTiming();
      server.RunMeasured(std::move(calls));
    }
    server.Report(state);
  }
  std::filesystem::remove_all(folder);
}

BENCHMARK(StreamedCommands)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apdr::command

BENCHMARK_MAIN();
