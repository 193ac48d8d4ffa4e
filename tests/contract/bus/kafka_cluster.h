#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "services/bus/kafka/kafka_options.h"

// The broker that the tests were given (APDR_TEST_KAFKA), and what an administrator does to it.
namespace apdr::bus {

[[nodiscard]] KafkaOptions TestCluster();

// A name that no other test, and no other run, uses.
[[nodiscard]] std::string UniqueTopicName();

// The topic, made for one test and deleted after it.
class ScopedTopic {
 public:
  // With the settings that EnsureTopic() gives it.
  explicit ScopedTopic(std::uint32_t shard_count);
  ScopedTopic(int partitions, std::map<std::string, std::string> settings);
  ~ScopedTopic();
  ScopedTopic(const ScopedTopic&) = delete;
  ScopedTopic& operator=(const ScopedTopic&) = delete;

  [[nodiscard]] const KafkaTopic& topic() const { return topic_; }

 private:
  KafkaTopic topic_;
};

void CreateTopic(const KafkaTopic& topic, std::map<std::string, std::string> settings);
void DeleteTopic(const std::string& name);
// Removes the records of the partition before `offset`.
void DeleteRecords(const std::string& topic, std::int32_t partition, std::int64_t offset);
// A message as a stranger would send it, without a header.
void ProduceForeign(const std::string& topic, std::int32_t partition);

}  // namespace apdr::bus
