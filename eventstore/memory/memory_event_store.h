#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "eventstore/cursor_store.h"
#include "eventstore/event_store.h"
#include "eventstore/snapshot_store.h"

namespace apdr::eventstore {

// What goes wrong with the next Append that would write something.
enum class AppendFault {
  kBeforeWrite,  // A process that dies, or a disk that fails, before the write: nothing is kept.
  kAnswerLost,   // A process that dies after the sync: everything is kept, nobody was told.
};

// The twin of RocksDbEventStore: the same contract, in memory. In a simulation it stands for the
// disk and outlives the handlers that a crash destroys. Does not simulate loss of unsynced data (it
// has none), partial writes, or a cursor or snapshot lost by a crash. Thread-safe.
class MemoryEventStore final : public EventStore, public CursorStore, public SnapshotStore {
 public:
  // REQUIRES: shard_count > 0.
  explicit MemoryEventStore(std::uint32_t shard_count);

  // The next Append of at least one commit that passes its checks fails with kInternal; after that
  // every call is refused with kInternal until Restart(). DurableHead() goes on answering.
  // `meanwhile` runs just before, as what other threads do during the append.
  void FailNextAppend(AppendFault fault, std::function<void()> meanwhile = nullptr);
  // The process was started again on what the disk holds.
  void Restart();

  [[nodiscard]] absl::StatusOr<std::vector<CommitPlace>> Append(
      std::span<const Commit> commits) override;
  [[nodiscard]] absl::StatusOr<std::vector<StoredCommit>> ReadStream(const StreamId& stream,
                                                                     CaseVersion from,
                                                                     std::size_t limit) override;
  [[nodiscard]] absl::StatusOr<std::vector<StoredCommit>> ReadShard(Shard shard, Position after,
                                                                    std::size_t limit) override;
  [[nodiscard]] absl::StatusOr<std::optional<StoredCommit>> FindRequest(
      const TenantId& tenant, const RequestId& request_id) override;
  [[nodiscard]] absl::StatusOr<std::vector<DueTimer>> DueTimers(absl::Time until,
                                                                std::size_t limit) override;
  [[nodiscard]] Position DurableHead(Shard shard) const override;
  [[nodiscard]] std::uint32_t shard_count() const override { return shard_count_; }

  [[nodiscard]] absl::StatusOr<Position> ReadCursor(std::string_view consumer,
                                                    Shard shard) override;
  [[nodiscard]] absl::Status WriteCursor(std::string_view consumer, Shard shard,
                                         Position position) override;

  [[nodiscard]] absl::StatusOr<std::optional<Snapshot>> ReadSnapshot(
      const StreamId& stream) override;
  [[nodiscard]] absl::Status WriteSnapshot(const StreamId& stream,
                                           const Snapshot& snapshot) override;

 private:
  using RequestKey = std::pair<TenantId, RequestId>;
  using TimerRow = std::tuple<absl::Time, StreamId, std::string>;
  // A commit's shard and its index in shards_[shard].
  using CommitIndex = std::pair<std::size_t, std::size_t>;

  absl::Status CheckAlive() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Check(std::span<const Commit> commits) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  CommitPlace Write(const Commit& commit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Position HeadOf(std::size_t shard) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  CaseVersion VersionOf(const StreamId& stream) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::uint32_t shard_count_;
  mutable absl::Mutex mutex_;
  std::optional<AppendFault> fault_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> meanwhile_;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::vector<StoredCommit>> shards_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<StreamId, std::vector<CommitIndex>> streams_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<RequestKey, CommitIndex> requests_ ABSL_GUARDED_BY(mutex_);
  std::set<TimerRow> timers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::pair<std::string, Shard>, Position> cursors_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<StreamId, Snapshot> snapshots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::eventstore
