#include "tests/integration/topic_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "services/bus/kafka/kafka_consumer.h"
#include "services/bus/record/event_record.h"

namespace apdr::testing {

std::vector<std::vector<bus::Record>> ReadTopic(
    const std::string& broker, const std::vector<std::vector<event::v1::Event>>& log) {
  const auto shards = static_cast<std::uint32_t>(log.size());
  std::vector<std::vector<bus::Record>> topic(shards);
  const auto consumer =
      bus::KafkaConsumer::Open({.bootstrap_servers = broker},
                               {.name = std::string(bus::kEventsTopic), .shard_count = shards})
          .value();
  std::size_t missing = 0;
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    missing += log[shard].empty() ? 0 : 1;
    EXPECT_TRUE(consumer->Assign(Shard(shard), {}).ok());
  }
  for (int poll = 0; missing > 0 && poll < 600; ++poll) {
    const auto received = consumer->Poll(1000, absl::Milliseconds(100));
    EXPECT_TRUE(received.ok()) << received.status();
    for (const bus::Received& one : *received) {
      std::vector<bus::Record>& records = topic.at(one.record.shard.value());
      records.push_back(one.record);
      if (one.record.position.value() == log[one.record.shard.value()].size()) --missing;
    }
  }
  EXPECT_EQ(missing, 0U) << "the topic never held the whole log";
  return topic;
}

void ExpectTopicIsLog(const std::vector<std::vector<bus::Record>>& topic,
                      const std::vector<std::vector<event::v1::Event>>& log) {
  for (std::size_t shard = 0; shard < log.size(); ++shard) {
    std::uint64_t newest = 0;
    for (const bus::Record& record : topic[shard]) {
      const std::uint64_t position = record.position.value();
      ASSERT_LE(position, newest + 1) << "a gap in shard " << shard;
      newest = std::max(newest, position);
      const event::v1::Event& event = log[shard].at(position - 1);
      ASSERT_EQ(record.key, event.case_id());
      ASSERT_EQ(record, bus::MakeEventRecord(event));
    }
    EXPECT_EQ(newest, log[shard].size()) << "shard " << shard;
  }
}

}  // namespace apdr::testing
