#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/worker.h"
#include "eventstore/cursor_store.h"
#include "eventstore/event_store.h"
#include "services/bus/bus.h"

namespace apdr::publisher {

// The name of the publisher's cursor. Stored for ever.
inline constexpr std::string_view kCursorName = "publisher";

struct PublisherOptions {
  std::size_t read_commits_max = 256;       // Commits read from a shard in one step.
  std::size_t window_records_max = 4096;    // Records of a shard waiting for acknowledgement.
  std::size_t window_bytes_max = 8U << 20;  // The same in bytes of event values.
};

// How far the bus is behind the log, for health and metrics.
struct PublisherStatus {
  struct ShardStatus {
    Shard shard;
    Position head;          // Durable in the log.
    Position acknowledged;  // By both topics; 0 until known.
  };
  std::vector<ShardStatus> shards;
  std::string last_error;  // Why the last step could not reach the bus; empty: it could.
};

// Moves the log to the bus: every durable event, in order per shard, to the events topic and as a
// notice to the notices topic, at least once. The durable cursor follows what both have
// acknowledged. At the start the topics' tails say what is there, so that a restart repeats only
// what was on its way. A bus that is away costs nothing but lag: steps are idle until it is back.
class Publisher final : public Worker {
 public:
  // All borrowed. The producers belong to this publisher alone.
  struct Parts {
    eventstore::EventStore& store;
    eventstore::CursorStore& cursors;
    bus::Producer& events;
    bus::Producer& notices;
  };

  Publisher(const Parts& parts, const PublisherOptions& options);

  // kIdle while the bus cannot be reached. kFailedPrecondition: a topic does not fit, or holds
  // positions that the log does not have (the store was restored from an older copy), so that to go
  // on would give one position two meanings. kDataLoss: a stored event does not read back. Errors
  // of the store as they are.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

  // Thread-safe.
  [[nodiscard]] PublisherStatus status() const;

 private:
  // What of one shard is on its way to one topic: positions acknowledged + 1, + 2 ...
  struct Flight {
    Position acknowledged;
    std::vector<bus::Record> pending;
    std::size_t sent = 0;  // Of pending.
  };
  struct Lane {
    bus::Producer* producer;
    std::string_view topic;
    bool repair;                  // Whether an empty topic is filled again from the beginning.
    std::vector<Flight> flights;  // By shard.
  };
  struct ShardState {
    bool started = false;
    Position read;    // Last position handed to the lanes.
    Position cursor;  // As stored.
  };

  absl::Status StepShard(Shard shard, bool& progressed);
  absl::Status Start(Shard shard);
  absl::StatusOr<Position> FindStart(const Lane& lane, Shard shard, Position cursor);
  absl::Status Refill(Shard shard, bool& progressed);
  absl::Status StepLane(Lane& lane, Shard shard, bool& progressed);
  absl::Status SaveCursor(Shard shard);
  [[nodiscard]] bool WindowIsFull(Shard shard) const;
  [[nodiscard]] Position Acknowledged(Shard shard) const;
  void UpdateStatus(std::string last_error);

  const Parts parts_;
  const PublisherOptions options_;
  const std::uint32_t shard_count_;
  std::vector<Lane> lanes_;
  std::vector<ShardState> shards_;
  mutable absl::Mutex mutex_;
  PublisherStatus report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::publisher
