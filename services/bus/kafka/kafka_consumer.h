#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/bus/bus.h"
#include "services/bus/kafka/kafka_options.h"

namespace apdr::bus {

// The Consumer on librdkafka: partitions assigned by hand, no consumer group, nothing committed to
// Kafka. A token is the offset to go on from, in decimal digits; consuming begins one before it.
//
// A token that is empty, is not an offset, or lies outside of what the partition has now (retention
// removed it, the topic was made anew) starts at the earliest record that is left. Then records may
// be missing between the reader's position and the first one delivered: the reader sees the gap in
// the positions and fills it from elsewhere.
//
// A message without a position in kSequenceHeader is not one of ours: it is skipped, and on_log is
// told.
//
// One thread at a time; librdkafka has threads of its own.
class KafkaConsumer final : public Consumer {
 public:
  // Does not wait for the broker. kInvalidArgument: the options do not make a client.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<KafkaConsumer>> Open(KafkaOptions options,
                                                                           KafkaTopic topic);
  ~KafkaConsumer() override;

  // Does not wait for the broker.
  [[nodiscard]] absl::Status Assign(Shard shard, const Resume& from) override;
  // Empty while the broker is away or does not know the topic: EnsureTopic() and Head() say which.
  // kUnavailable: the broker refuses (no permission).
  [[nodiscard]] absl::StatusOr<std::vector<Received>> Poll(std::size_t limit,
                                                           absl::Duration wait) override;
  // Waits for the broker, a few seconds at most. kFailedPrecondition: there is no such topic, or it
  // has no such partition.
  [[nodiscard]] absl::StatusOr<Position> Head(Shard shard) override;

 private:
  class Session;

  KafkaConsumer();

  std::unique_ptr<Session> session_;
};

}  // namespace apdr::bus
