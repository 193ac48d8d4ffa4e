#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/vocabulary.h"

namespace apdr::eventstore {

// Limits of one commit and one append; a breach is kInvalidArgument. Sized so that one batch stays
// a few MiB: the command service admits requests of 1 MiB and the engine at most a handful of
// events each.
inline constexpr std::size_t kCommitEventsMax = 64;
inline constexpr std::size_t kCommitClaimsMax = 16;
inline constexpr std::size_t kEventBytesMax = 2U << 20;
inline constexpr std::size_t kAppendCommitsMax = 4096;

// SHA-256 of a command's content: tells a repeated request from another one under the same id.
using RequestDigest = std::array<std::uint8_t, 32>;

// A deadline's place in the timer index. `key` is unique in its case; its meaning belongs to the
// engine.
struct Timer {
  absl::Time fires_at;  // Whole seconds.
  std::string key;

  friend bool operator==(const Timer&, const Timer&) = default;
};

// Everything that one command changes, in one piece: all of it becomes durable, or none.
struct Commit {
  StreamId stream;
  CaseVersion
      first_version;  // Version of events.front(); so the case must now be at first_version - 1.
  RequestId request_id;
  RequestDigest request_digest{};
  // Names that this commit takes for its case: none of them, nor its request id, may belong to
  // another commit of the tenant, ever. Start them with '/', which no request id does.
  std::vector<RequestId> claims;
  absl::Time recorded_at;           // Microseconds are kept.
  std::vector<std::string> events;  // 1 .. kCommitEventsMax opaque records, in order.
  // Stops apply before starts: a commit that names a timer in both leaves it running. Starting a
  // running timer and stopping one that does not run change nothing.
  std::vector<Timer> timers_started;
  std::vector<Timer> timers_stopped;

  friend bool operator==(const Commit&, const Commit&) = default;
};

// Where a commit ended up: events have positions first_position, first_position + 1, ...
struct CommitPlace {
  Shard shard;
  Position first_position;

  friend bool operator==(const CommitPlace&, const CommitPlace&) = default;
};

struct StoredCommit {
  Commit commit;
  CommitPlace place;

  [[nodiscard]] Position last_position() const {
    return Position(place.first_position.value() + commit.events.size() - 1);
  }
  [[nodiscard]] CaseVersion last_version() const {
    return CaseVersion(commit.first_version.value() + commit.events.size() - 1);
  }
  friend bool operator==(const StoredCommit&, const StoredCommit&) = default;
};

// A request id or a claim, of a tenant. Borrowed.
struct RequestName {
  const TenantId& tenant;
  const RequestId& id;
};

struct DueTimer {
  StreamId stream;
  Timer timer;

  friend bool operator==(const DueTimer&, const DueTimer&) = default;
};

// Append-only log of commits, sharded by case id (ShardOf). The log is the truth; every lookup
// below is answered from indexes derived from it. Knows bytes, not events. Thread-safe for readers;
// Append is called by one thread at a time. Returned values own their bytes. Durable before
// visible: no read sees a commit whose Append has not returned OK.
class EventStore {
 public:
  virtual ~EventStore() = default;

  // Appends all commits or none, in order, durable on return; a later commit may continue the case
  // of an earlier one. kAborted: a case is not at first_version - 1. kAlreadyExists: a request id
  // or a claim is taken in its tenant. kInvalidArgument: a limit is broken or a commit has no
  // events. Nothing was written in these three cases. kDataLoss, kInternal: the write or the sync
  // failed and its outcome is unknown; the store refuses every later call and the process must stop
  // (a failed fsync is never retried).
  [[nodiscard]] virtual absl::StatusOr<std::vector<CommitPlace>> Append(
      std::span<const Commit> commits) = 0;

  // The commits of a case that hold a version >= `from`, oldest first, at most `limit`. Unknown
  // case: empty.
  [[nodiscard]] virtual absl::StatusOr<std::vector<StoredCommit>> ReadStream(const StreamId& stream,
                                                                             CaseVersion from,
                                                                             std::size_t limit) = 0;

  // The commits of a shard that hold a position > `after`, in position order, at most `limit`.
  // kOutOfRange: `after` lies beyond the durable head. kNotFound: no such shard.
  [[nodiscard]] virtual absl::StatusOr<std::vector<StoredCommit>> ReadShard(Shard shard,
                                                                            Position after,
                                                                            std::size_t limit) = 0;

  // The commit made under a request id, or that took a claim, if any.
  [[nodiscard]] virtual absl::StatusOr<std::optional<StoredCommit>> FindRequest(
      const TenantId& tenant, const RequestId& request_id) = 0;

  // Which of many names FindRequest would find, one answer each. Overridden where asking for many
  // at once is cheaper.
  [[nodiscard]] virtual absl::StatusOr<std::vector<bool>> AreTaken(
      std::span<const RequestName> names);

  // Running timers with fires_at <= `until`, earliest first (then by tenant, case, key), at most
  // `limit`.
  [[nodiscard]] virtual absl::StatusOr<std::vector<DueTimer>> DueTimers(absl::Time until,
                                                                        std::size_t limit) = 0;

  // The durable watermark of a shard: the position of its last durable event, 0 when empty.
  // REQUIRES: a known shard.
  [[nodiscard]] virtual Position DurableHead(Shard shard) const = 0;

  // Fixed when the store is created.
  [[nodiscard]] virtual std::uint32_t shard_count() const = 0;
};

}  // namespace apdr::eventstore
