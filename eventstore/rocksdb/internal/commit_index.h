#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "eventstore/rocksdb/internal/commit_rows.h"
#include "eventstore/rocksdb/internal/database.h"
#include "eventstore/rocksdb/internal/rocksdb_options.h"
#include "eventstore/snapshot_store.h"

namespace apdr::eventstore {

// How much of the log the indexes hold, and enough to tell that it is this log.
struct IndexPosition {
  Sequence sequence;                  // Of the last commit indexed.
  std::string checksum;               // The end of that commit's value; empty at 0.
  std::vector<Position> shard_heads;  // Of every shard, after that commit.

  friend bool operator==(const IndexPosition&, const IndexPosition&) = default;
};

// A stretch of one case's versions.
struct VersionRange {
  CaseVersion from;    // A commit belongs when its last version is at or above `from`
  CaseVersion before;  // and its last version below `before`.
};

// Lookups derived from the log, always as of some position; and the snapshots, which are derived
// as well. One writer of rows at a time; reads and snapshots from any thread.
class CommitIndex {
 public:
  static absl::StatusOr<std::unique_ptr<CommitIndex>> Open(const std::string& path,
                                                           const RocksDbResources& resources,
                                                           std::uint32_t shard_count);

  // Adds the rows of the commits up to `position`, oldest first, and the position with them.
  absl::Status Write(std::span<const CommitRows* const> commits, const IndexPosition& position);
  [[nodiscard]] const IndexPosition& position() const { return position_; }

  // 0 for an unknown case.
  absl::StatusOr<CaseVersion> VersionOf(const std::string& stream_key) const;
  absl::StatusOr<std::optional<Sequence>> FindRequest(const std::string& request_key) const;
  // Sets the bit of each key that FindRequest would find; asks only for those not yet set.
  // REQUIRES: as many bits as keys.
  absl::Status MarkTaken(std::span<const std::string_view> request_keys,
                         std::vector<bool>& taken) const;
  // Oldest first.
  absl::StatusOr<std::vector<Sequence>> Stream(const std::string& stream_key, VersionRange range,
                                               std::size_t limit) const;
  // A commit of the shard, or an earlier commit, that does not come after `position`.
  absl::StatusOr<Sequence> SeekShard(Shard shard, Position position) const;
  // Shows the keys of running timers below `bound` in order until `visit` answers false.
  using TimerVisitor = absl::FunctionRef<absl::StatusOr<bool>(std::string_view)>;
  absl::Status Timers(const std::string& bound, TimerVisitor visit) const;

  absl::StatusOr<std::optional<Snapshot>> ReadSnapshot(const StreamId& stream) const;
  absl::Status WriteSnapshot(const StreamId& stream, const Snapshot& snapshot);

 private:
  explicit CommitIndex(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  absl::Status LoadPosition(std::uint32_t shard_count);

  std::unique_ptr<Database> database_;
  IndexPosition position_;
  // Block of the log in which each shard had its last row.
  std::vector<std::uint64_t> shard_row_blocks_;
  // Makes reading the old snapshot and writing the new one a single step; nothing else waits.
  absl::Mutex snapshot_mutex_;
};

}  // namespace apdr::eventstore
