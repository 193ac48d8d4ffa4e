#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/vocabulary.h"

namespace apdr::bus {

// Topic names, stored for ever in the consumers' configuration.
inline constexpr std::string_view kEventsTopic = "apdr.events.v1";
inline constexpr std::string_view kNoticesTopic = "apdr.notices.v1";

// One event on its way out: at least once, in position order per shard, duplicates carry the same
// position.
struct Record {
  Shard shard;
  Position position;
  std::string key;    // The case id.
  std::string value;  // A serialized message.
  std::vector<std::pair<std::string, std::string>>
      headers;  // CloudEvents attributes ("ce_id", ...), no personal data.

  friend bool operator==(const Record&, const Record&) = default;
};

// The record with the highest position that a bus holds of a shard.
struct LastRecord {
  Position position;     // 0: it holds none.
  std::string event_id;  // Its "ce_id"; empty: it has none.

  friend bool operator==(const LastRecord&, const LastRecord&) = default;
};

// Sends records of one topic. One thread at a time.
class Producer {
 public:
  virtual ~Producer() = default;

  // Takes the first n records for sending and returns n (0 when its buffer is full: poll and come
  // back). Never waits. kUnavailable: the producer lost its session, and the bus may have lost what
  // it acknowledged: LastOnBus() says from where to send again.
  [[nodiscard]] virtual absl::StatusOr<std::size_t> Send(std::span<const Record> records) = 0;

  // The last position of the shard up to which everything sent since the start, or since the last
  // kUnavailable, is acknowledged by the bus; 0 before the first acknowledgement. Serves delivery
  // reports; never waits. kUnavailable as Send().
  [[nodiscard]] virtual absl::StatusOr<Position> Acknowledged(Shard shard) = 0;

  // The last record already on the bus for the shard: read from the topic's tail. Of several with
  // one position, the newest. kUnavailable: the bus cannot be reached now. kFailedPrecondition: the
  // topic does not fit (says how).
  [[nodiscard]] virtual absl::StatusOr<LastRecord> LastOnBus(Shard shard) = 0;
};

// A place in a shard from which consuming goes on. `token` is the consumer's own (a Kafka offset);
// empty: find it, or start at the beginning and let the reader drop what it has.
struct Resume {
  Position position;
  std::string token;

  friend bool operator==(const Resume&, const Resume&) = default;
};

struct Received {
  Record record;
  std::string token;  // To resume right after this record.
};

// Receives the records of one topic. One thread at a time.
class Consumer {
 public:
  virtual ~Consumer() = default;

  // Consumes the shard from just after `from`; replaces an earlier assignment of it. The record
  // that came with `from.token` is delivered once more, if the bus still has it: whoever kept its
  // id can tell whether it is still the same bus. kUnavailable: try again.
  [[nodiscard]] virtual absl::Status Assign(Shard shard, const Resume& from) = 0;

  // Up to `limit` records of the assigned shards, in order per shard; empty when nothing came
  // within `wait`. May deliver a record more than once, may deliver records at or before `from`.
  // kUnavailable: try again.
  [[nodiscard]] virtual absl::StatusOr<std::vector<Received>> Poll(std::size_t limit,
                                                                   absl::Duration wait) = 0;

  // The position of the newest record on the bus for the shard, for the "caught up" figure.
  [[nodiscard]] virtual absl::StatusOr<Position> Head(Shard shard) = 0;
};

}  // namespace apdr::bus
