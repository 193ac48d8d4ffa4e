#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "services/bus/bus.h"
#include "services/bus/kafka/kafka_options.h"

namespace apdr::bus {

namespace kafka {
class TopicTail;
struct Seen;
}  // namespace kafka

// The Producer on librdkafka. Shard i is partition i, the record's key Kafka's key, its headers
// Kafka's headers; it must carry its position as kSequenceHeader. Idempotent, acks=all, never gives
// a record up for time: while the broker is away it waits in a bounded queue and Send() takes less.
//
// A fatal error, any record that the broker refuses for good, and an acknowledgement at an offset
// that was acknowledged before (the broker lost records, or the topic was made anew) end the
// session: kUnavailable once, then a new session begins. What librdkafka's idempotence does not
// cover (a restart, a lost session) is covered by positions: records may come again, in order, and
// never leave a gap.
//
// One thread at a time; librdkafka has threads of its own. Destroying it drops what was not yet
// acknowledged; it may have reached the bus or not.
class KafkaProducer final : public Producer {
 public:
  // Does not wait for the broker. kInvalidArgument: the options do not make a client.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<KafkaProducer>> Open(KafkaOptions options,
                                                                           KafkaTopic topic);
  ~KafkaProducer() override;

  // kResourceExhausted: the first record is larger than kMessageBytesMax and can never be sent.
  [[nodiscard]] absl::StatusOr<std::size_t> Send(std::span<const Record> records) override;
  [[nodiscard]] absl::StatusOr<Position> Acknowledged(Shard shard) override;
  // Waits for the broker, a few seconds at most. Sees the last 1000 records of the partition, of
  // which repeats may be the newest. 0 also when retention has removed them all. After a topic lost
  // records that this producer knew of, it passes over what came behind the hole.
  [[nodiscard]] absl::StatusOr<LastRecord> LastOnBus(Shard shard) override;

 private:
  class Session;
  // What is known of a shard, from one session to the next.
  struct Known {
    Position acknowledged;         // In this session.
    Position held;                 // The last that the topic was seen to hold.
    std::int64_t next_offset = 0;  // The next record is acknowledged here or further on.
    bool shrunk = false;           // The topic no longer has all that it was seen to hold.
  };

  KafkaProducer(KafkaOptions options, KafkaTopic topic);
  // Serves delivery reports, and replaces a session that was lost.
  absl::Status Serve();
  // What the topic holds without a hole.
  absl::StatusOr<kafka::Seen> Look(Shard shard);

  const KafkaOptions options_;
  const KafkaTopic topic_;
  std::vector<Known> known_;                // By shard.
  std::unique_ptr<Session> session_;        // Null: it was lost and none could be made since.
  std::unique_ptr<kafka::TopicTail> tail_;  // Null until it is asked.
};

}  // namespace apdr::bus
