#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "services/bus/bus.h"

namespace apdr::bus {

// The largest message of ours: a command of 1 MiB, what it decided, and the envelope. Topics must
// take it (max.message.bytes).
inline constexpr std::size_t kMessageBytesMax = std::size_t{2} << 20;

enum class KafkaLogLevel : std::uint8_t { kInfo, kWarning };

// How to reach a Kafka cluster and what our topics are called there.
struct KafkaOptions {
  std::string bootstrap_servers;  // "host:port,host:port"
  std::string events_topic = std::string(kEventsTopic);
  std::string notices_topic = std::string(kNoticesTopic);
  // Further librdkafka settings, for TLS and SASL ("security.protocol", "ssl.ca.location", ...).
  // What delivery and order depend on, and checks of the broker's identity, cannot be set here:
  // Open() and EnsureTopic() answer kInvalidArgument. SASL/SCRAM does not work with Kafka 4 and
  // librdkafka before 2.6; use PLAIN over TLS.
  std::map<std::string, std::string> settings = {};
  // Gets what the client would write to a log: connections lost, records skipped; the warnings
  // among it are that no broker can be reached, and whatever is fatal. Called on any thread, and
  // must return quickly. Empty: nobody wants it.
  std::function<void(KafkaLogLevel, std::string_view)> on_log = {};
};

// A topic, with one partition for each shard.
struct KafkaTopic {
  std::string name;
  std::uint32_t shard_count;
};

}  // namespace apdr::bus
