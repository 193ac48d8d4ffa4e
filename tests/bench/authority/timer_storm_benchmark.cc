// Many review deadlines fall due in the same minute: how long it takes until each is reported, and
// what it does to the commands that people send meanwhile. The command side as the server runs it,
// RocksDB and the server's loops, without gRPC: four people who send the next command when the last
// is answered, first while nothing is due, then until all deadlines are reported. The argument is
// the number of cases. The folder is APDR_BENCH_FOLDER or the working directory; it must not be a
// tmpfs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "apdr/sen/v1/assess.pb.h"
#include "engine/base/check.h"
#include "engine/base/random.h"
#include "engine/base/settable_clock.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "services/bench/internal/measurement.h"
#include "services/command/command_handler.h"
#include "services/host/worker_loop.h"
#include "services/timer/timer_worker.h"
#include "tests/bench/authority/many_children.h"

namespace apdr {
namespace {

using testing::ManyChildren;

constexpr std::size_t kPeople = 4;
constexpr absl::Duration kQuiet = absl::Seconds(10);
constexpr std::size_t kCommitsAtOnce = 4000;
constexpr absl::Duration kLook = absl::Milliseconds(20);

// Somebody who records progress of one child after another. One step is one command.
class Person final : public Worker {
 public:
  Person(command::CommandHandler& handler, std::uint64_t number, std::uint64_t cases,
         sen::v1::RecordProgress command)
      : handler_(handler), number_(number), random_(number), cases_(cases), command_(command) {}

  absl::StatusOr<StepResult> Step() override {
    command::Request request = testing::ARequest(
        absl::StrCat("p", number_, "/", ++sent_), ManyChildren::Case(random_() % cases_), command_,
        {.id = "p-1", .role = "teacher", .setting_id = "", .on_behalf_of = ""});
    request.command.occurred_on = Date(2025, 12, 12);
    const std::int64_t start = bench::NowNanos();
    absl::Notification answered;
    handler_.Submit(std::move(request), [&answered](const command::Outcome& outcome) {
      APDR_CHECK(std::holds_alternative<command::Accepted>(outcome));
      answered.Notify();
    });
    answered.WaitForNotification();
    latencies_.push_back(bench::NowNanos() - start);
    return StepResult::kProgressed;
  }

  [[nodiscard]] std::vector<std::int64_t> Take() { return std::exchange(latencies_, {}); }

 private:
  command::CommandHandler& handler_;
  const std::uint64_t number_;
  std::mt19937_64 random_;
  const std::uint64_t cases_;
  const sen::v1::RecordProgress command_;
  std::uint64_t sent_ = 0;
  std::vector<std::int64_t> latencies_;
};

class Storm {
 public:
  Storm(std::string folder, std::uint64_t cases)
      : cases_(cases),
        clock_(HourOf(Date(2025, 12, 12), 12, children_.workflow().definition().zone)) {
    eventstore::RocksDbEventStore::Options options;
    options.path = std::move(folder);
    auto store = eventstore::RocksDbEventStore::Open(std::move(options));
    APDR_CHECK(store.ok());
    store_ = *std::move(store);
    Fill();
    handler_ = std::make_unique<command::CommandHandler>(
        command::CommandHandler::Parts{.workflow = children_.workflow(),
                                       .store = *store_,
                                       .snapshots = store_.get(),
                                       .clock = clock_,
                                       .ids = ids_},
        command::HandlerOptions());
    timers_ = std::make_unique<timer::TimerWorker>(clock_, *store_, *handler_);
    for (std::uint64_t i = 0; i < kPeople; ++i) {
      people_.push_back(std::make_unique<Person>(*handler_, i, cases_, AProgress()));
    }
    StartServerLoops();
  }

  // People alone.
  [[nodiscard]] std::vector<std::int64_t> Idle() {
    return WithPeople([until = absl::Now() + kQuiet] { return absl::Now() >= until; });
  }

  // People while every case has a deadline to report.
  [[nodiscard]] std::vector<std::int64_t> AllDue(double& seconds) {
    const absl::Time start = absl::Now();
    clock_.AdvanceTo(HourOf(Date(2025, 12, 15), 6, children_.workflow().definition().zone));
    auto latencies = WithPeople([this] { return timers_->fired() >= cases_; });
    seconds = absl::ToDoubleSeconds(absl::Now() - start);
    APDR_CHECK(timers_->fired() == cases_);
    return latencies;
  }

 private:
  void Fill() {
    std::vector<eventstore::Commit> commits;
    const auto append = [&] {
      APDR_CHECK(store_->Append(commits).ok());
      APDR_CHECK(store_->indexer().Step().ok());
      commits.clear();
    };
    for (std::uint64_t number = 0; number < cases_; ++number) {
      for (eventstore::Commit& commit : children_.CommitsOf(number, clock_.Now())) {
        commits.push_back(std::move(commit));
        if (commits.size() == kCommitsAtOnce) append();
      }
    }
    append();
  }

  [[nodiscard]] static sen::v1::RecordProgress AProgress() {
    sen::v1::RecordProgress command;
    command.mutable_progress()->mutable_result()->set_measure("words read in one minute");
    command.mutable_progress()->mutable_result()->set_value("51");
    command.mutable_progress()->mutable_result()->set_unit("words");
    command.mutable_progress()->set_compared_with(sen::v1::COMPARED_WITH_OWN_PREVIOUS);
    return command;
  }

  void Loop(Worker& worker, Wakeup* wakeup, host::LoopOptions options) {
    loops_.push_back(
        std::make_unique<host::WorkerLoop>(worker, wakeup, std::move(options), host::FailStop));
  }

  // As services/apdr/command_role.cc has them.
  void StartServerLoops() {
    Loop(*timers_, nullptr, {.name = "timers", .idle_max = absl::Milliseconds(500)});
    Loop(handler_->decider(), &handler_->decider_wakeup(), {.name = "decider"});
    Loop(handler_->committer(), &handler_->committer_wakeup(), {.name = "committer"});
    Loop(store_->indexer(), nullptr,
         {.name = "indexer", .idle_max = absl::Seconds(1), .pace = absl::Seconds(1), .nice = 5});
  }

  // What people waited for their answers until it was over.
  template <class Over>
  std::vector<std::int64_t> WithPeople(Over over) {
    {
      std::vector<std::unique_ptr<host::WorkerLoop>> at_work;
      for (const auto& person : people_) {
        at_work.push_back(std::make_unique<host::WorkerLoop>(
            *person, nullptr, host::LoopOptions{.name = "person"}, host::FailStop));
      }
      Wakeup look;
      while (!over()) look.Wait(kLook);
    }
    std::vector<std::int64_t> latencies;
    for (const auto& person : people_) {
      const std::vector<std::int64_t> of_one = person->Take();
      latencies.insert(latencies.end(), of_one.begin(), of_one.end());
    }
    return latencies;
  }

  const std::uint64_t cases_;
  const ManyChildren children_;
  SettableClock clock_;
  PseudoRandom random_;
  UuidV7Source ids_{clock_, random_};
  std::unique_ptr<eventstore::RocksDbEventStore> store_;
  std::unique_ptr<command::CommandHandler> handler_;
  std::unique_ptr<timer::TimerWorker> timers_;
  std::vector<std::unique_ptr<Person>> people_;
  std::vector<std::unique_ptr<host::WorkerLoop>> loops_;  // Last: they use all of the above.
};

void DeadlinesDueInOneMinute(benchmark::State& state) {
  const char* const base = std::getenv("APDR_BENCH_FOLDER");
  std::string folder = std::string(base == nullptr ? "." : base) + "/apdr-bench-XXXXXX";
  APDR_CHECK(::mkdtemp(folder.data()) != nullptr);
  {
    Storm storm(folder, static_cast<std::uint64_t>(state.range(0)));
    const std::vector<std::int64_t> idle = storm.Idle();
    double seconds = 0;
    std::vector<std::int64_t> due;
    for (auto _ : state) due = storm.AllDue(seconds);
    const auto report = [&](const char* name, double fraction) {
      const double before = bench::PercentileMs(idle, fraction);
      const double during = bench::PercentileMs(due, fraction);
      state.counters[absl::StrCat("idle_", name, "_ms")] = before;
      state.counters[absl::StrCat("due_", name, "_ms")] = during;
      state.counters[absl::StrCat(name, "_ratio")] = during / before;
    };
    report("p50", 0.5);
    report("p99", 0.99);
    state.counters["idle_commands_per_s"] =
        static_cast<double>(idle.size()) / absl::ToDoubleSeconds(kQuiet);
    state.counters["due_commands_per_s"] = static_cast<double>(due.size()) / seconds;
    state.counters["deadlines_per_s"] = static_cast<double>(state.range(0)) / seconds;
  }
  std::filesystem::remove_all(folder);
}

BENCHMARK(DeadlinesDueInOneMinute)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace apdr

BENCHMARK_MAIN();
