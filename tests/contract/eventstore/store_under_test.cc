#include "tests/contract/eventstore/store_under_test.h"

#include <ostream>
#include <utility>

#include "eventstore/memory/memory_event_store.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "tests/contract/eventstore/temporary_folder.h"

namespace apdr::eventstore {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  EventStore& events() override { return store_; }
  CursorStore& cursors() override { return store_; }
  SnapshotStore& snapshots() override { return store_; }
  void AfterAppend() override {}

 private:
  MemoryEventStore store_{kTestShardCount};
};

enum class Behind {
  kIndexed,    // Every answer comes from the indexes.
  kUnindexed,  // Every answer comes from the tail in memory.
  kReopened,   // Every answer comes from what recovery made of the disk.
};

class RocksDbUnderTest final : public StoreUnderTest {
 public:
  explicit RocksDbUnderTest(Behind behind) : behind_(behind) { Open(); }

  EventStore& events() override { return *store_; }
  CursorStore& cursors() override { return *store_; }
  SnapshotStore& snapshots() override { return *store_; }

  void AfterAppend() override {
    if (behind_ == Behind::kIndexed) {
      while (store_->indexer().Step().value() == StepResult::kProgressed) continue;
    }
    if (behind_ == Behind::kReopened) Open();
  }

 private:
  void Open() {
    store_.reset();
    RocksDbEventStore::Options options;
    options.path = folder_.path();
    options.shard_count = kTestShardCount;
    if (behind_ == Behind::kIndexed) {  // Nothing may hide the indexes and the log.
      options.kept_commits_max = 0;
      options.recent_bytes_max = 0;
    }
    store_ = RocksDbEventStore::Open(std::move(options)).value();
  }

  const Behind behind_;
  const TemporaryFolder folder_;
  std::unique_ptr<RocksDbEventStore> store_;
};

Flavour RocksDbFlavour(std::string name, Behind behind) {
  return {.name = std::move(name),
          .make = [behind] { return std::make_unique<RocksDbUnderTest>(behind); }};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Flavour& flavour) { return out << flavour.name; }

std::vector<Flavour> AllFlavours() {
  return {{.name = "Memory", .make = [] { return std::make_unique<MemoryUnderTest>(); }},
          RocksDbFlavour("RocksDbIndexed", Behind::kIndexed),
          RocksDbFlavour("RocksDbUnindexed", Behind::kUnindexed),
          RocksDbFlavour("RocksDbReopened", Behind::kReopened)};
}

}  // namespace apdr::eventstore
