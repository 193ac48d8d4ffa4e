#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/worker.h"
#include "eventstore/cursor_store.h"
#include "eventstore/event_store.h"
#include "services/bus/bus.h"
#include "services/bus/record/event_record.h"

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
// acknowledged. At the start, and again after a session with the bus was lost, the topics are made
// to fit and their tails say what is there: only what was on its way is repeated, and what a topic
// lost is sent again. A bus that is away costs nothing but lag.
class Publisher final : public Worker {
 public:
  // All borrowed. The producers belong to this publisher alone.
  struct Parts {
    eventstore::EventStore& store;
    eventstore::CursorStore& cursors;
    bus::Producer& events;
    bus::Producer& notices;
    // Makes the topics that are absent and checks the others. kUnavailable: the bus cannot be
    // reached now. kFailedPrecondition: one does not fit. May wait for the bus, some seconds.
    std::function<absl::Status()> ensure_topics;
  };

  Publisher(const Parts& parts, const PublisherOptions& options);

  // kUnavailable: a topic could not be reached; what the other can take was sent. After a lost
  // session also until the bus has acknowledged something again, so that a bus that refuses is
  // asked at the pace of the caller's retries. kFailedPrecondition: a topic does not fit, or holds
  // what the log does not have (the store was restored from an older copy), so that to go on would
  // give one position two meanings. kDataLoss: a stored event does not read back. Errors of the
  // store as they are. Waits for at most one answer that does not come.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

  // Thread-safe.
  [[nodiscard]] PublisherStatus status() const;

 private:
  // What of one shard is on its way to one topic.
  struct Flight {
    bool started = false;  // In this session: the topic said what it holds.
    Position start;        // What it held then.
    Position acknowledged;
    std::vector<bus::Record> pending;  // Positions acknowledged + 1, + 2 ...
    std::size_t sent = 0;              // Of pending.

    [[nodiscard]] Position end() const { return Position(acknowledged.value() + pending.size()); }
  };
  struct Lane {
    bus::Producer* producer;
    std::string_view topic;
    decltype(&bus::MakeEventRecord) make_record;
    bool repair;                  // Whether an empty topic is filled again from the beginning.
    std::vector<Flight> flights;  // By shard.
    absl::Status lost;            // Why the session was lost, until the bus takes records again.
  };

  absl::Status StartFlights();
  absl::StatusOr<Position> FindStart(const Lane& lane, Shard shard);
  absl::Status CheckSameHistory(const Lane& lane, Shard shard, const bus::LastRecord& last);
  absl::StatusOr<Position> ReadCursor(Shard shard);
  absl::Status StepShard(Shard shard, bool& progressed);
  absl::Status Refill(Shard shard, bool& progressed);
  absl::Status StepFlight(Lane& lane, Shard shard, bool& progressed);
  void LoseSession(Lane& lane, absl::Status why);
  absl::Status SaveCursor(Shard shard);
  [[nodiscard]] std::optional<Position> ReadTo(Shard shard) const;
  [[nodiscard]] bool WindowIsFull(Shard shard) const;
  [[nodiscard]] static bool HasRecovered(const Lane& lane);
  [[nodiscard]] Position Acknowledged(Shard shard) const;
  void UpdateStatus(std::string last_error);

  const Parts parts_;
  const PublisherOptions options_;
  const std::uint32_t shard_count_;
  std::vector<Lane> lanes_;
  bool topics_fit_ = false;
  std::vector<std::optional<Position>> cursors_;  // By shard, as stored; nullopt: not yet read.
  mutable absl::Mutex mutex_;
  PublisherStatus report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::publisher
