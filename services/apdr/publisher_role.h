#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/wakeup.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "services/apdr/serve_options.h"
#include "services/bus/kafka/kafka_options.h"
#include "services/bus/kafka/kafka_producer.h"
#include "services/host/worker_loop.h"
#include "services/publisher/publisher.h"

namespace apdr {

// How this process reaches Kafka; what the client library says goes to the log.
[[nodiscard]] bus::KafkaOptions KafkaOf(const ServeOptions& options);

// Publishes the log to Kafka, in the process that has it.
class PublisherRole {
 public:
  // Makes the topics that are absent and checks the others. kFailedPrecondition: one does not fit,
  // and the message says how. A cluster that is away is no error: the publisher asks again, and a
  // topic that does not fit ends the process then.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<PublisherRole>> Open(
      const ServeOptions& options, eventstore::RocksDbEventStore& store);

  // Notify after every durable append.
  [[nodiscard]] Wakeup& wakeup() { return wakeup_; }

  void StartLoops(const host::FailureHook& on_failure);
  void StopLoops();

 private:
  PublisherRole() = default;

  Wakeup wakeup_;
  std::unique_ptr<bus::KafkaProducer> events_;
  std::unique_ptr<bus::KafkaProducer> notices_;
  std::unique_ptr<publisher::Publisher> publisher_;
  std::unique_ptr<host::WorkerLoop> loop_;
};

}  // namespace apdr
