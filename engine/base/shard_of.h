#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/vocabulary.h"

namespace apdr {

// The shard of a case: Kafka's default partitioner (murmur2 of the key, sign bit cleared, modulo),
// so that any Kafka client that keys a record with the case id computes the same partition.
// REQUIRES: shard_count > 0.
[[nodiscard]] Shard ShardOf(const CaseId& case_id, std::uint32_t shard_count);

// Kafka's murmur2 (org.apache.kafka.common.utils.Utils.murmur2), exposed for its test vectors.
[[nodiscard]] std::uint32_t Murmur2(std::string_view key);

}  // namespace apdr
