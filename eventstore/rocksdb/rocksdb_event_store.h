#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/worker.h"
#include "eventstore/cursor_store.h"
#include "eventstore/event_store.h"
#include "eventstore/snapshot_store.h"

namespace rocksdb {
class Env;
}

namespace apdr::eventstore {

// The parts, each with its own header in internal/.
class CommitIndex;
class CommitLog;
class CommitTail;
class RecentCommits;
struct PositionRange;
struct SequenceTag;
using Sequence = StrongId<SequenceTag, std::uint64_t>;

// The durable EventStore: one folder, one process. An append is one sequential put per commit and
// one sync. The lookups come from a tail in memory and, behind it, from indexes that indexer()
// derives from the log; they give the same answers however far the indexer has come. FORMAT.md
// says what is on the disk and what is not promised.
//
// Fail-stop: after a failed write or sync every call but DurableHead() and shard_count() answers
// kInternal; destroy the store and open it again. Reading damaged bytes is kDataLoss and fails only
// that call.
class RocksDbEventStore final : public EventStore, public CursorStore, public SnapshotStore {
 public:
  struct Options {
    std::string path;  // The folder; created if only the last part of it is missing.
    // Decided when the store is created; a store with another value is kFailedPrecondition.
    std::uint32_t shard_count = 8;
    // Whether time in this store is a demonstration's. A demonstration must never run on real
    // records, nor the real clock on a demonstration's: a mismatch is kFailedPrecondition.
    bool demo_clock = false;
    // Called after every append that wrote something, on the appending thread, when readers can
    // see it: to wake them up. Must return quickly and not append. May be empty.
    absl::AnyInvocable<void()> on_durable;
    rocksdb::Env* env = nullptr;  // Null: the machine's. For fault injection.
    // The tail: at this many commits that are not indexed, Append indexes some itself. About 400
    // bytes of memory each.
    std::size_t tail_commits_max = 262'144;
    // Indexed commits whose lookups stay in memory, for busy cases; as many bytes each.
    std::size_t kept_commits_max = 65'536;
    // Encoded commits kept for readers that keep up.
    std::size_t recent_bytes_max = std::size_t{64} << 20;
    std::size_t block_cache_bytes = std::size_t{128} << 20;
  };

  // kFailedPrecondition: the shard count or the clock do not match, a process has the store open,
  // or the indexes belong to another log. kDataLoss: bytes are damaged, the log has a hole, or it
  // ends before a commit that the indexes know to have been durable. Takes time in proportion to
  // the commits that are not indexed.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<RocksDbEventStore>> Open(Options options);
  ~RocksDbEventStore() override;

  // Moves the indexes behind the log. Errors stop the process. Lives as long as the store.
  [[nodiscard]] Worker& indexer() { return indexer_; }

  [[nodiscard]] absl::StatusOr<std::vector<CommitPlace>> Append(
      std::span<const Commit> commits) override;
  [[nodiscard]] absl::StatusOr<std::vector<StoredCommit>> ReadStream(const StreamId& stream,
                                                                     CaseVersion from,
                                                                     std::size_t limit) override;
  [[nodiscard]] absl::StatusOr<std::vector<StoredCommit>> ReadShard(Shard shard, Position after,
                                                                    std::size_t limit) override;
  [[nodiscard]] absl::StatusOr<std::optional<StoredCommit>> FindRequest(
      const TenantId& tenant, const RequestId& request_id) override;
  [[nodiscard]] absl::StatusOr<std::vector<bool>> AreTaken(
      std::span<const RequestName> names) override;
  [[nodiscard]] absl::StatusOr<std::vector<DueTimer>> DueTimers(absl::Time until,
                                                                std::size_t limit) override;
  [[nodiscard]] Position DurableHead(Shard shard) const override;
  [[nodiscard]] std::uint32_t shard_count() const override { return options_.shard_count; }

  [[nodiscard]] absl::StatusOr<Position> ReadCursor(std::string_view consumer,
                                                    Shard shard) override;
  [[nodiscard]] absl::Status WriteCursor(std::string_view consumer, Shard shard,
                                         Position position) override;

  // Snapshots written since the indexes were last flushed are lost by a crash.
  [[nodiscard]] absl::StatusOr<std::optional<Snapshot>> ReadSnapshot(
      const StreamId& stream) override;
  [[nodiscard]] absl::Status WriteSnapshot(const StreamId& stream,
                                           const Snapshot& snapshot) override;

 private:
  class Indexer final : public Worker {
   public:
    explicit Indexer(RocksDbEventStore& store) : store_(store) {}
    [[nodiscard]] absl::StatusOr<StepResult> Step() override { return store_.IndexStep(); }

   private:
    RocksDbEventStore& store_;
  };
  struct Prepared;

  explicit RocksDbEventStore(Options options);

  absl::Status OpenDatabases();
  absl::Status CheckIndexIsOfThisLog(Sequence last) const;
  absl::Status Recover(Sequence last);
  absl::Status CheckNew(std::span<const Commit> commits, const Prepared& prepared) const;
  absl::StatusOr<std::vector<bool>> AreKeysTaken(std::span<const std::string_view> keys) const;
  void Publish(Prepared prepared);
  absl::Status MakeRoomInTail(std::size_t commits);
  absl::StatusOr<StepResult> IndexStep();
  absl::StatusOr<StepResult> IndexSome(std::size_t limit)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(indexing_mutex_);

  absl::Status CheckAlive() const;
  absl::Status Fail(absl::Status status);
  absl::StatusOr<StoredCommit> Load(Sequence sequence) const;
  // Owned together with the window of recent commits.
  absl::StatusOr<std::shared_ptr<const std::string>> LoadBytes(Sequence sequence) const;
  absl::StatusOr<std::vector<StoredCommit>> ReadShardFromDisk(Shard shard, PositionRange range,
                                                              std::size_t limit) const;

  Options options_;
  std::unique_ptr<CommitLog> log_;
  std::unique_ptr<CommitIndex> index_;
  std::unique_ptr<CommitTail> tail_;
  std::unique_ptr<RecentCommits> recent_;
  // Serialises the indexer and an append that has to help it: the only ones who take it, so it may
  // be held over the write.
  absl::Mutex indexing_mutex_;
  std::atomic<bool> failed_{false};
  // The durable watermark: over the whole log and of each shard. Moves after tail and window.
  std::atomic<std::uint64_t> durable_sequence_{0};
  std::vector<std::atomic<std::uint64_t>> shard_heads_;
  Indexer indexer_{*this};
};

}  // namespace apdr::eventstore
