// What the store costs, beside the floor it stands on, in one run: compare ratios, not figures of
// different days. The folder is APDR_BENCH_FOLDER or the working directory; it must not be a tmpfs.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "eventstore/rocksdb/internal/commit_codec.h"
#include "eventstore/rocksdb/internal/commit_log.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"

namespace apdr::eventstore {
namespace {

constexpr std::size_t kEventBytes = 280;  // With ids and framing a commit is about 400 bytes.
constexpr std::uint64_t kCases = 10'000;

class BenchFolder {
 public:
  BenchFolder() {
    const char* const base = std::getenv("APDR_BENCH_FOLDER");
    path_ = std::string(base == nullptr ? "." : base) + "/apdr-bench-XXXXXX";
    APDR_CHECK(::mkdtemp(path_.data()) != nullptr);
  }
  ~BenchFolder() { std::filesystem::remove_all(path_); }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string Uuid(std::string_view kind, std::uint64_t number) {
  std::string text = "00000000-0000-7000-8000-000000000000";
  text.replace(0, kind.size(), kind);
  const std::string digits = std::to_string(number);
  text.replace(text.size() - digits.size(), digits.size(), digits);
  return text;
}

// Commits of ever-new requests, in kCases cases in turn.
class Workload {
 public:
  std::vector<Commit> Next(std::size_t count) {
    std::vector<Commit> commits(count);
    for (Commit& commit : commits) {
      const std::uint64_t number = commits_++;
      commit.stream = {.tenant = TenantId("camden"),
                       .case_id = CaseId(Uuid("c", number * 7919 % kCases))};
      commit.first_version = CaseVersion(number / kCases + 1);
      // Scattered, as ids are.
      commit.request_id = RequestId(Uuid("", number * 11400714819323198485ULL));
      commit.recorded_at = absl::FromUnixMicros(static_cast<std::int64_t>(number));
      commit.events = {std::string(kEventBytes, static_cast<char>('a' + number % 26))};
    }
    return commits;
  }

 private:
  std::uint64_t commits_ = 0;
};

std::unique_ptr<RocksDbEventStore> OpenStore(const std::string& path) {
  RocksDbEventStore::Options options;
  options.path = path;
  auto store = RocksDbEventStore::Open(std::move(options));
  APDR_CHECK(store.ok());
  return *std::move(store);
}

void IndexAll(RocksDbEventStore& store) {
  while (true) {
    const auto step = store.indexer().Step();
    APDR_CHECK(step.ok());
    if (*step == StepResult::kIdle) return;
  }
}

// The disk alone: one write and fdatasync of what an append of this many commits writes.
void FloorDisk(benchmark::State& state) {
  const BenchFolder folder;
  const int file = ::open((folder.path() + "/log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  APDR_CHECK(file >= 0);
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::string bytes(count * (kEventBytes + 120), 'x');
  for (auto _ : state) {
    APDR_CHECK(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    APDR_CHECK(::fdatasync(file) == 0);
  }
  ::close(file);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// RocksDB alone: the same bytes as one synced batch, nothing checked, encoded or indexed.
void FloorRocksDb(benchmark::State& state) {
  const BenchFolder folder;
  const auto log = CommitLog::Open(folder.path() + "/log", RocksDbResources()).value();
  const auto count = static_cast<std::size_t>(state.range(0));
  Workload workload;
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<std::string> values;
    for (const Commit& commit : workload.Next(count)) {
      values.push_back(EncodeCommit(commit, {.shard = Shard(0), .first_position = Position(1)}));
    }
    state.ResumeTiming();
    APDR_CHECK(log->Write(Sequence(sequence + 1), values).ok());
    sequence += count;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// Append; with `indexed`, the indexer's work on the same thread is part of the price.
void Append(benchmark::State& state, bool indexed) {
  const BenchFolder folder;
  const auto store = OpenStore(folder.path());
  const auto count = static_cast<std::size_t>(state.range(0));
  Workload workload;
  std::size_t waiting = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<Commit> commits = workload.Next(count);
    state.ResumeTiming();
    APDR_CHECK(store->Append(commits).ok());
    waiting += count;
    if (indexed && waiting >= 4096) {
      IndexAll(*store);
      waiting = 0;
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

class StoreWithHistory : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State&) override {
    if (store != nullptr) return;
    folder = std::make_unique<BenchFolder>();
    store = OpenStore(folder->path());
    Workload workload;
    constexpr std::size_t kHistory = 1'000'000;
    for (std::size_t done = 0; done < kHistory; done += 4'000) {
      APDR_CHECK(store->Append(workload.Next(4'000)).ok());
      IndexAll(*store);
    }
  }
  void TearDown(const benchmark::State&) override {}

  static void Close() {
    store.reset();
    folder.reset();
  }

  static inline std::unique_ptr<BenchFolder> folder;
  static inline std::unique_ptr<RocksDbEventStore> store;
};

BENCHMARK_DEFINE_F(StoreWithHistory, FindFreshRequest)(benchmark::State& state) {
  std::uint64_t number = 0;
  const TenantId tenant("camden");
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        store->FindRequest(tenant, RequestId(Uuid("f", ++number * 11400714819323198485ULL))));
  }
}

BENCHMARK_DEFINE_F(StoreWithHistory, ReadStreamOfAFreshCase)(benchmark::State& state) {
  std::uint64_t number = 0;
  for (auto _ : state) {
    const StreamId stream{.tenant = TenantId("camden"), .case_id = CaseId(Uuid("f", ++number))};
    benchmark::DoNotOptimize(store->ReadStream(stream, CaseVersion(1), 100));
  }
}

// The newest commit of a case: from the window in memory for most cases.
BENCHMARK_DEFINE_F(StoreWithHistory, ReadStreamHot)(benchmark::State& state) {
  std::uint64_t number = 0;
  for (auto _ : state) {
    const StreamId stream{.tenant = TenantId("camden"),
                          .case_id = CaseId(Uuid("c", ++number * 7919 % kCases))};
    const auto commits = store->ReadStream(stream, CaseVersion(100), 100);
    APDR_CHECK(commits.ok() && commits->size() == 1);
  }
}

// All 100 commits of a case, most of them from the disk.
BENCHMARK_DEFINE_F(StoreWithHistory, ReadStreamCold100)(benchmark::State& state) {
  std::uint64_t number = 0;
  for (auto _ : state) {
    const StreamId stream{.tenant = TenantId("camden"),
                          .case_id = CaseId(Uuid("c", ++number * 7919 % kCases))};
    const auto commits = store->ReadStream(stream, CaseVersion(1), 100);
    APDR_CHECK(commits.ok() && commits->size() == 100);
  }
}

// One shard from its beginning, in pages of 1,000: other shards' commits are skipped.
BENCHMARK_DEFINE_F(StoreWithHistory, ReadShardFromDisk)(benchmark::State& state) {
  Position after(0);
  std::int64_t items = 0;
  for (auto _ : state) {
    const auto page = store->ReadShard(Shard(0), after, 1'000);
    APDR_CHECK(page.ok());
    items += static_cast<std::int64_t>(page->size());
    after = page->size() < 1'000 ? Position(0) : page->back().last_position();
  }
  state.SetItemsProcessed(items);
}

BENCHMARK_DEFINE_F(StoreWithHistory, ReadShardRecent)(benchmark::State& state) {
  const Position after(store->DurableHead(Shard(0)).value() - 1'000);
  for (auto _ : state) {
    APDR_CHECK(store->ReadShard(Shard(0), after, 1'000)->size() == 1'000);
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
}

// The indexer alone, in rows of commits per second.
void IndexCommits(benchmark::State& state) {
  const BenchFolder folder;
  const auto store = OpenStore(folder.path());
  Workload workload;
  for (auto _ : state) {
    state.PauseTiming();
    APDR_CHECK(store->Append(workload.Next(4'096)).ok());
    state.ResumeTiming();
    IndexAll(*store);
  }
  state.SetItemsProcessed(state.iterations() * 4'096);
}

BENCHMARK(FloorDisk)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK(FloorRocksDb)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK_CAPTURE(Append, NotIndexed, false)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK_CAPTURE(Append, Indexed, true)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK(IndexCommits)->UseRealTime();
BENCHMARK_REGISTER_F(StoreWithHistory, FindFreshRequest);
BENCHMARK_REGISTER_F(StoreWithHistory, ReadStreamOfAFreshCase);
BENCHMARK_REGISTER_F(StoreWithHistory, ReadStreamHot);
BENCHMARK_REGISTER_F(StoreWithHistory, ReadStreamCold100);
BENCHMARK_REGISTER_F(StoreWithHistory, ReadShardFromDisk);
BENCHMARK_REGISTER_F(StoreWithHistory, ReadShardRecent);

}  // namespace
}  // namespace apdr::eventstore

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  apdr::eventstore::StoreWithHistory::Close();
  benchmark::Shutdown();
  return 0;
}
