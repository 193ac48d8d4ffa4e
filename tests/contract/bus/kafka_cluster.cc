#include "tests/contract/bus/kafka_cluster.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/random.h"
#include "services/bus/kafka/kafka_topic.h"

namespace apdr::bus {
namespace {

constexpr const char* kBrokerVariable = "APDR_TEST_KAFKA";
constexpr int kAnswerMs = 20'000;

class BrokerIsGiven final : public testing::Environment {
 public:
  void SetUp() override {
    if (getenv(kBrokerVariable) != nullptr) return;
    FAIL() << "Expected a Kafka broker's address (host:port) in " << kBrokerVariable
           << ", but it is not set. Run this as: deploy/kafka/with_broker.sh COMMAND...";
  }
};
const auto* const kBrokerIsGiven = testing::AddGlobalTestEnvironment(new BrokerIsGiven);

using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;

Client NewPlainClient() {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", TestCluster().bootstrap_servers.c_str(), nullptr, 0);
  Client client(rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0), &rd_kafka_destroy);
  APDR_CHECK(client != nullptr);
  return client;
}

// Asks the cluster and waits for its answer.
void Administer(const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& ask) {
  const Client client = NewPlainClient();
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(client.get());
  ask(client.get(), queue);
  rd_kafka_event_t* const answer = rd_kafka_queue_poll(queue, kAnswerMs);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(rd_kafka_event_error(answer), RD_KAFKA_RESP_ERR_NO_ERROR)
      << rd_kafka_event_error_string(answer);
  rd_kafka_event_destroy(answer);
  rd_kafka_queue_destroy(queue);
}

}  // namespace

KafkaOptions TestCluster() {
  const char* const address = getenv(kBrokerVariable);
  return {.bootstrap_servers = address == nullptr ? "" : address};
}

std::string UniqueTopicName() {
  static PseudoRandom random;
  return "apdr-test-" + std::to_string(getpid()) + "-" + std::to_string(random.Next());
}

ScopedTopic::ScopedTopic(std::uint32_t shard_count)
    : topic_{.name = UniqueTopicName(), .shard_count = shard_count} {
  const absl::Status made =
      EnsureTopic(TestCluster(), {.topic = topic_, .absent = AbsentTopic::kCreate});
  EXPECT_TRUE(made.ok()) << made;
}

ScopedTopic::ScopedTopic(int partitions, std::map<std::string, std::string> settings)
    : topic_{.name = UniqueTopicName(), .shard_count = static_cast<std::uint32_t>(partitions)} {
  CreateTopic(topic_, std::move(settings));
}

ScopedTopic::~ScopedTopic() { DeleteTopic(topic_.name); }

void CreateTopic(const KafkaTopic& topic, std::map<std::string, std::string> settings) {
  rd_kafka_NewTopic_t* wanted =
      rd_kafka_NewTopic_new(topic.name.c_str(), static_cast<int>(topic.shard_count), 1, nullptr, 0);
  for (const auto& [name, value] : settings) {
    rd_kafka_NewTopic_set_config(wanted, name.c_str(), value.c_str());
  }
  Administer([&wanted](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_CreateTopics(client, &wanted, 1, nullptr, queue);
  });
  rd_kafka_NewTopic_destroy(wanted);
}

void DeleteTopic(const std::string& name) {
  rd_kafka_DeleteTopic_t* unwanted = rd_kafka_DeleteTopic_new(name.c_str());
  Administer([&unwanted](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopics(client, &unwanted, 1, nullptr, queue);
  });
  rd_kafka_DeleteTopic_destroy(unwanted);
}

void DeleteRecords(const std::string& topic, std::int32_t partition, std::int64_t offset) {
  rd_kafka_topic_partition_list_t* const before = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(before, topic.c_str(), partition)->offset = offset;
  rd_kafka_DeleteRecords_t* unwanted = rd_kafka_DeleteRecords_new(before);
  Administer([&unwanted](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_DeleteRecords(client, &unwanted, 1, nullptr, queue);
  });
  rd_kafka_DeleteRecords_destroy(unwanted);
  rd_kafka_topic_partition_list_destroy(before);
}

void ProduceForeign(const std::string& topic, std::int32_t partition) {
  const Client client = NewPlainClient();
  std::string value = "not one of ours";
  rd_kafka_topic_t* const handle = rd_kafka_topic_new(client.get(), topic.c_str(), nullptr);
  EXPECT_EQ(rd_kafka_produce(handle, partition, RD_KAFKA_MSG_F_COPY, value.data(), value.size(),
                             nullptr, 0, nullptr),
            0);
  EXPECT_EQ(rd_kafka_flush(client.get(), kAnswerMs), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_topic_destroy(handle);
}

}  // namespace apdr::bus
