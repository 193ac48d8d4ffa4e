#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/bus/kafka/kafka_options.h"

namespace apdr::bus {

enum class AbsentTopic {
  kRefuse,
  kAwait,  // Somebody else makes it: kUnavailable until then.
  kCreate,
};

// What a topic must be like. deploy/kafka/topics.yaml says the same to operators.
struct TopicRules {
  KafkaTopic topic;  // With exactly as many partitions as shards.
  // How long records stay at least; absl::InfiniteDuration(): for ever.
  absl::Duration retention = absl::InfiniteDuration();
  // Copies of each partition at least; with more than one, an acknowledged record is in two.
  int replicas = 1;
  AbsentTopic absent = AbsentTopic::kRefuse;
};

// The rules for the two topics of `options`.
[[nodiscard]] TopicRules EventsTopicRules(const KafkaOptions& options, std::uint32_t shard_count);
[[nodiscard]] TopicRules NoticesTopicRules(const KafkaOptions& options, std::uint32_t shard_count);

// OK when the topic is as the rules say: partitions, replicas, cleanup.policy=delete, retention.ms,
// no retention.bytes, max.message.bytes, min.insync.replicas. More of anything but partitions is
// fine. An absent topic is created if the rules say so.
//
// kFailedPrecondition: it is not, and the message names everything that differs; nothing was
// changed. kUnavailable: the cluster cannot be reached, or refuses, or the topic is awaited.
// kInvalidArgument: the options do not make a client. Waits for the cluster, a few seconds at most.
[[nodiscard]] absl::Status EnsureTopic(const KafkaOptions& options, const TopicRules& rules);

}  // namespace apdr::bus
