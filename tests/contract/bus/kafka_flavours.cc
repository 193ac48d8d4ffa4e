#include <gtest/gtest.h>

#include <ostream>

#include "services/bus/kafka/kafka_consumer.h"
#include "services/bus/kafka/kafka_producer.h"
#include "tests/contract/bus/bus_under_test.h"
#include "tests/contract/bus/kafka_cluster.h"

namespace apdr::bus {
namespace {

class KafkaUnderTest final : public BusUnderTest {
 public:
  std::unique_ptr<Producer> NewProducer() override {
    auto producer = KafkaProducer::Open(TestCluster(), topic_.topic());
    EXPECT_TRUE(producer.ok()) << producer.status();
    return *std::move(producer);
  }
  std::unique_ptr<Consumer> NewConsumer() override {
    auto consumer = KafkaConsumer::Open(TestCluster(), topic_.topic());
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  void Forget(Shard shard, std::size_t count) override {
    DeleteRecords(topic_.topic().name, static_cast<std::int32_t>(shard.value()),
                  static_cast<std::int64_t>(count));
  }

 private:
  ScopedTopic topic_{kTestShardCount};
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Flavour& flavour) { return out << flavour.name; }

std::vector<Flavour> AllFlavours() {
  return {{.name = "Kafka", .make = [] { return std::make_unique<KafkaUnderTest>(); }}};
}

}  // namespace apdr::bus
