#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/bus/kafka/kafka_options.h"

// librdkafka's C objects, owned, and how every client of ours is set up.
namespace apdr::bus::kafka {

struct Destroy {
  void operator()(rd_kafka_t* it) const { rd_kafka_destroy(it); }
  void operator()(rd_kafka_topic_t* it) const { rd_kafka_topic_destroy(it); }
  void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
  void operator()(rd_kafka_message_t* it) const { rd_kafka_message_destroy(it); }
  void operator()(rd_kafka_event_t* it) const { rd_kafka_event_destroy(it); }
  void operator()(rd_kafka_conf_t* it) const { rd_kafka_conf_destroy(it); }
  void operator()(rd_kafka_headers_t* it) const { rd_kafka_headers_destroy(it); }
  void operator()(const rd_kafka_metadata_t* it) const { rd_kafka_metadata_destroy(it); }
  void operator()(rd_kafka_NewTopic_t* it) const { rd_kafka_NewTopic_destroy(it); }
  void operator()(rd_kafka_ConfigResource_t* it) const { rd_kafka_ConfigResource_destroy(it); }
  void operator()(rd_kafka_AdminOptions_t* it) const { rd_kafka_AdminOptions_destroy(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

// What a client calls back. Must outlive it, at the same address.
struct Hooks {
  std::function<void(KafkaLogLevel, std::string_view)> on_log;         // On librdkafka's threads.
  std::function<void(std::string_view reason)> on_fatal;               // Inside rd_kafka_poll().
  std::function<void(const rd_kafka_message_t& message)> on_delivery;  // Inside rd_kafka_poll().
};

// `ours` are settings that `options.settings` may not touch. Connects in the background.
// kInvalidArgument: a setting of the configuration is unknown, malformed or not to be touched.
[[nodiscard]] absl::StatusOr<Owned<rd_kafka_t>> NewClient(
    rd_kafka_type_t type, const KafkaOptions& options,
    const std::vector<std::pair<std::string, std::string>>& ours, Hooks& hooks);

[[nodiscard]] Owned<rd_kafka_topic_t> NewTopic(rd_kafka_t* client, const std::string& name);

// "Expected to <action>, but Kafka says: ..."
[[nodiscard]] absl::Status Unavailable(std::string_view action, std::string_view reason);
[[nodiscard]] absl::Status Unavailable(std::string_view action, rd_kafka_resp_err_t error);

// There is no such topic or partition, as far as the broker that answered knows.
[[nodiscard]] bool IsUnknownTopic(rd_kafka_resp_err_t error);

[[nodiscard]] int Milliseconds(absl::Duration duration);

}  // namespace apdr::bus::kafka
