#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "eventstore/rocksdb/internal/commit_rows.h"

namespace apdr::eventstore {

// A stretch of a shard; `until` is where a commit ends.
struct PositionRange {
  Position after;
  Position until;
};

// The last commits of the log as encoded bytes, so that whoever keeps up (publisher, projections,
// subscribers, a handler that reads back what it wrote) never touches the disk. Encoded, because
// they are encoded anyway to be written, are half as large, and decode as fast as they copy.
// Thread-safe.
class RecentCommits {
 public:
  // A commit's bytes, owned together by the window and by the readers that are decoding them.
  using Bytes = std::shared_ptr<const std::string>;

  RecentCommits(std::uint32_t shard_count, std::size_t bytes_max);

  // The next commits of the log. `values` are their encodings.
  void Add(Sequence first, std::span<const CommitRows> commits, std::vector<std::string> values);

  // Null when it is not in the window.
  [[nodiscard]] Bytes Read(Sequence sequence) const;
  // The commits of a shard that hold a position in `range`, up to `limit`; nothing when the window
  // begins later than that.
  [[nodiscard]] std::optional<std::vector<Bytes>> ReadShard(Shard shard, PositionRange range,
                                                            std::size_t limit) const;

 private:
  struct Item {
    Shard shard;
    Bytes bytes;
  };
  struct ShardItem {
    Position first_position;
    Position last_position;
    Bytes bytes;
  };

  void EvictOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t bytes_max_;
  mutable absl::Mutex mutex_;
  std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Sequence first_ ABSL_GUARDED_BY(mutex_){1};  // Of items_.front().
  std::deque<Item> items_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::deque<ShardItem>> shards_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::eventstore
