#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/bus/bus.h"
#include "services/bus/kafka/internal/client.h"
#include "services/bus/kafka/kafka_options.h"

namespace apdr::bus::kafka {

// What was seen of a partition.
struct Seen {
  std::int64_t end = 0;  // The offset after its last record.
  LastRecord last;       // The record with the highest position before that.
};

// Looks at the last records of a topic's partitions, with a client of its own so that nobody's
// fetching stands in the way. One thread at a time.
class TopicTail {
 public:
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<TopicTail>> Open(const KafkaOptions& options,
                                                                       const KafkaTopic& topic);

  // Looks at the last kRecordsMax records of the shard. A session that was lost repeats records, so
  // the newest may not have the highest position; one that repeated more than kRecordsMax is seen
  // too low, which costs duplicates and nothing else. Remembers what it read. Waits for the broker,
  // a few seconds at most: kUnavailable. kFailedPrecondition: there is no such topic, or it has no
  // such partition.
  [[nodiscard]] absl::StatusOr<Seen> Look(Shard shard);
  // The same, but passes over records with a position after `limit`, and remembers nothing.
  [[nodiscard]] absl::StatusOr<Seen> LookUpTo(Shard shard, Position limit);

 private:
  static constexpr std::int64_t kRecordsMax = 1000;
  struct Offsets {
    std::int64_t low = 0;   // The first that is left.
    std::int64_t high = 0;  // After the last.
  };

  TopicTail(const KafkaTopic& topic, Hooks hooks);

  absl::StatusOr<Offsets> ReadOffsets(std::int32_t partition, absl::Duration deadline);
  // Reads on from what was seen.
  absl::StatusOr<Seen> LookOn(Shard shard, Seen seen, Position limit);
  absl::StatusOr<LastRecord> ReadLast(std::int32_t partition, const Offsets& range, Position limit,
                                      absl::Duration deadline);

  const KafkaTopic topic_;
  const std::unique_ptr<Hooks> hooks_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> handle_;
  std::vector<Seen> seen_;
};

}  // namespace apdr::bus::kafka
