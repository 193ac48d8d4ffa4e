// How fast a log is folded into the read models, in events a second on one thread: catching up from
// the beginning, with the events of 10,000 cases mixed. Floors of the same run: reading the log as
// records and parsing them, folding without a disk.

#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr {
namespace {

constexpr std::uint32_t kShards = 8;
constexpr int kCases = 10000;
constexpr int kEventsPerCase = 20;
constexpr std::size_t kRead = 2000;

// A log of 200,000 events, written once.
struct Log {
  Log() : workflow(module), store(kShards) {
    testing::LoanDesk desk(workflow, store);
    std::mt19937 random(1);
    const Date today = testing::On("2026-03-02");
    for (int i = 0; i < kCases * kEventsPerCase; ++i) {
      const int number = static_cast<int>(random() % kCases);
      const StreamId stream{TenantId("t1"),
                            CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
      const auto lent = desk.Execute(stream, testing::ACommand(testing::ALoan(), today), today);
      if (std::holds_alternative<core::Rejection>(lent)) {
        (void)desk.Execute(stream, testing::ACommand(testing::ANote(), today), today);
      }
    }
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
      events += static_cast<std::int64_t>(store.DurableHead(Shard(shard)).value());
    }
  }

  testing::LibraryLoanModule module;
  core::Workflow workflow;
  eventstore::MemoryEventStore store;
  std::int64_t events = 0;
};

Log& TheLog() {
  static Log log;
  return log;
}

void Fold(readmodel::ReadModel& model, std::size_t batch_records_max,
          std::size_t cached_cases_max) {
  Log& log = TheLog();
  bus::LogRecordSource source(log.store);
  bus::EmbeddedConsumer consumer(source);
  testing::ReadSide side({.workflow = log.workflow,
                          .consumer = consumer,
                          .model = model,
                          .gaps = nullptr,
                          .shard_count = kShards,
                          .batch_records_max = batch_records_max,
                          .cached_cases_max = cached_cases_max});
  while (true) {
    const auto step = side.projector.Step();
    APDR_CHECK(step.ok());
    if (*step == StepResult::kIdle) return;
  }
}

void BM_ReadRecords(benchmark::State& state) {
  for (auto _ : state) {
    bus::LogRecordSource source(TheLog().store);
    bus::EmbeddedConsumer consumer(source);
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
      APDR_CHECK(consumer.Assign(Shard(shard), {}).ok());
    }
    while (true) {
      const auto received = consumer.Poll(kRead, absl::ZeroDuration());
      APDR_CHECK(received.ok());
      if (received->empty()) break;
      for (const bus::Received& one : *received) {
        benchmark::DoNotOptimize(codec::ParseEvent(one.record.value));
      }
    }
  }
  state.SetItemsProcessed(state.iterations() * TheLog().events);
}

void BM_FoldInMemory(benchmark::State& state) {
  for (auto _ : state) {
    readmodel::MemoryReadModel model;
    Fold(model, static_cast<std::size_t>(state.range(0)), kCases);
  }
  state.SetItemsProcessed(state.iterations() * TheLog().events);
}

// The arguments: records in a batch, and how many of the 10,000 cases are kept in memory.
void BM_FoldIntoRocksDb(benchmark::State& state) {
  const std::string path = std::filesystem::temp_directory_path() / "apdr_projection_bench";
  for (auto _ : state) {
    APDR_CHECK(readmodel::RocksDbReadModel::Destroy(path).ok());
    auto model = readmodel::RocksDbReadModel::Open(path);
    APDR_CHECK(model.ok());
    Fold(**model, static_cast<std::size_t>(state.range(0)),
         static_cast<std::size_t>(state.range(1)));
  }
  APDR_CHECK(readmodel::RocksDbReadModel::Destroy(path).ok());
  state.SetItemsProcessed(state.iterations() * TheLog().events);
}

BENCHMARK(BM_ReadRecords)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_FoldInMemory)->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_FoldIntoRocksDb)
    ->ArgNames({"batch", "cached"})
    ->Args({500, kCases})
    ->Args({2000, kCases})
    ->Args({10000, kCases})
    ->Args({2000, kCases / 10})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apdr

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  (void)apdr::TheLog();  // Made before anything is measured.
  benchmark::RunSpecifiedBenchmarks();
}
