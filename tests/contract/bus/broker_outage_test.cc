#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "services/bus/kafka/kafka_consumer.h"
#include "services/bus/kafka/kafka_producer.h"
#include "services/bus/kafka/kafka_topic.h"
#include "tests/contract/bus/bus_driver.h"
#include "tests/contract/bus/own_broker.h"

namespace apdr::bus {
namespace {

constexpr std::uint32_t kShards = 8;
constexpr std::uint64_t kOfEach = 2500;

std::vector<Record> RecordsOfAllShards() {
  std::vector<Record> records;
  for (std::uint64_t position = 1; position <= kOfEach; ++position) {
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
      records.push_back(ARecord(shard, position, std::string(400, 'v')));
    }
  }
  return records;
}

// Position by position, without a gap, repeats aside.
void ExpectEverythingInOrder(const std::vector<Received>& received) {
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    std::uint64_t last = 0;
    for (const Record& record : OfShard(received, Shard(shard))) {
      ASSERT_LE(record.position.value(), last + 1) << "a gap in shard " << shard;
      last = std::max(last, record.position.value());
    }
    EXPECT_EQ(last, kOfEach) << "shard " << shard;
  }
}

// Without sending anything again: the producer has it all.
void AwaitAcknowledged(Producer& producer, Position last) {
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  for (std::uint32_t shard = 0; shard < kShards;) {
    const auto acknowledged = producer.Acknowledged(Shard(shard));
    ASSERT_TRUE(acknowledged.ok()) << acknowledged.status();
    ASSERT_LT(absl::Now(), deadline) << "shard " << shard << " is at " << *acknowledged;
    if (*acknowledged == last) ++shard;
  }
}

TEST(BrokerOutage, LosesNothingAndKeepsTheOrderWhenTheBrokerIsKilledInTheMiddle) {
  OwnBroker broker;
  const KafkaOptions options{.bootstrap_servers = broker.address()};
  const KafkaTopic topic{.name = std::string(kEventsTopic), .shard_count = kShards};
  ASSERT_TRUE(EnsureTopic(options, {.topic = topic, .absent = AbsentTopic::kCreate}).ok());
  const auto producer = *KafkaProducer::Open(options, topic);
  const auto consumer = *KafkaConsumer::Open(options, topic);
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    MustAssign(*consumer, Shard(shard), {});
  }
  const std::vector<Record> records = RecordsOfAllShards();
  const auto before = std::span(records).first(records.size() / 2);
  const auto during = std::span(records).subspan(before.size(), records.size() / 4);
  const auto after = std::span(records).last(records.size() - before.size() - during.size());
  SendAll(*producer, before);
  std::vector<Received> received = ReadNew(*consumer, before.size() / 2);

  ASSERT_EQ(*producer->Send(during), during.size());
  broker.Kill();  // Some of `during` is on the bus, some on its way, some has not left.
  const absl::Time start = absl::Now();
  ASSERT_EQ(*producer->Send(after), after.size());
  ASSERT_TRUE(producer->Acknowledged(Shard(0)).ok());
  EXPECT_LT(absl::Now() - start, absl::Seconds(1)) << "nothing may wait for the broker";
  broker.Run();
  AwaitAcknowledged(*producer, Position(kOfEach));

  // The same consumer goes on over the outage, and a new one finds all of it.
  std::ranges::move(ReadNew(*consumer, records.size() - received.size()),
                    std::back_inserter(received));
  ExpectEverythingInOrder(received);
  const auto reader = *KafkaConsumer::Open(options, topic);
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    MustAssign(*reader, Shard(shard), {});
    EXPECT_EQ(MustLastOnBus(*producer, Shard(shard)), Position(kOfEach));
  }
  ExpectEverythingInOrder(ReadNew(*reader, records.size()));
}

}  // namespace
}  // namespace apdr::bus
