#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/bus/kafka/kafka_consumer.h"
#include "services/bus/kafka/kafka_producer.h"
#include "tests/contract/bus/bus_driver.h"
#include "tests/contract/bus/kafka_cluster.h"

// What the contract leaves to KafkaProducer and KafkaConsumer.
namespace apdr::bus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const KafkaOptions kNobody{.bootstrap_servers = "127.0.0.1:1"};

std::unique_ptr<KafkaProducer> NewProducer(const KafkaTopic& topic) {
  return *KafkaProducer::Open(TestCluster(), topic);
}

std::unique_ptr<KafkaConsumer> NewConsumer(const KafkaOptions& options, const KafkaTopic& topic) {
  auto consumer = *KafkaConsumer::Open(options, topic);
  MustAssign(*consumer, Shard(0), {});
  return consumer;
}

TEST(KafkaOptions, RefusesSettingsThatDeliveryOrSecurityDependOn) {
  const KafkaTopic topic{.name = "t", .shard_count = 1};
  for (const char* name : {"acks", "enable.idempotence", "message.timeout.ms", "bootstrap.servers",
                           "ssl.endpoint.identification.algorithm"}) {
    KafkaOptions options = kNobody;
    options.settings[name] = "1";
    const auto producer = KafkaProducer::Open(options, topic);
    EXPECT_EQ(producer.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(producer.status().message()), HasSubstr(name));
  }
  KafkaOptions options = kNobody;
  options.settings["auto.offset.reset"] = "latest";
  EXPECT_EQ(KafkaConsumer::Open(options, topic).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(KafkaOptions, NamesASettingThatIsUnknownOrMalformedAndKeepsItsValueToItself) {
  const KafkaTopic topic{.name = "t", .shard_count = 1};
  for (const char* name : {"no.such.setting", "security.protocol", "socket.timeout.ms"}) {
    KafkaOptions options = kNobody;
    options.settings[name] = "hunter2";
    const absl::Status opened = KafkaProducer::Open(options, topic).status();
    EXPECT_EQ(opened.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(opened.message()), HasSubstr(name));
    EXPECT_FALSE(absl::StrContains(opened.message(), "hunter2")) << opened;
  }
  EXPECT_EQ(KafkaProducer::Open({.bootstrap_servers = ""}, topic).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(KafkaProducer, RefusesARecordThatIsTooLargeAfterTakingThoseBeforeIt) {
  const ScopedTopic made(1);
  const auto producer = NewProducer(made.topic());
  const std::vector<Record> records = {
      ARecord(0, 1), ARecord(0, 2, std::string(kMessageBytesMax + 1, 'x')), ARecord(0, 3)};
  EXPECT_EQ(*producer->Send(records), 1);
  const auto refused = producer->Send(std::span(records).subspan(1));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("position 2 of shard 0"));
  SendAll(*producer, std::span(records).first(1));
}

TEST(KafkaProducer, CarriesARecordOfNearlyTheLargestSize) {
  const ScopedTopic made(1);
  const std::vector<Record> records = {ARecord(0, 1, std::string(kMessageBytesMax - 2048, 'x')),
                                       ARecord(0, 2)};
  SendAll(*NewProducer(made.topic()), records);
  const auto received = ReadNew(*NewConsumer(TestCluster(), made.topic()), 2);
  EXPECT_THAT(OfShard(received, Shard(0)), ElementsAre(records[0], records[1]));
}

// Until Acknowledged() no longer answers OK.
absl::Status AwaitLoss(Producer& producer) {
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (absl::Now() < deadline) {
    const auto acknowledged = producer.Acknowledged(Shard(0));
    if (!acknowledged.ok()) return acknowledged.status();
  }
  return absl::DeadlineExceededError("the session was not lost");
}

TEST(KafkaProducer, LosesTheSessionOnceWhenTheTopicIsGoneAndGoesOnWhenItIsBack) {
  const KafkaTopic topic{.name = UniqueTopicName(), .shard_count = 1};
  CreateTopic(topic, {});
  const auto producer = NewProducer(topic);
  SendAll(*producer, Records(0, 1, 3));
  DeleteTopic(topic.name);
  ASSERT_TRUE(producer->Send(Records(0, 4, 6)).ok());

  const absl::Status lost = AwaitLoss(*producer);
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable) << lost;
  EXPECT_THAT(std::string(lost.message()), HasSubstr(topic.name));
  const auto acknowledged = producer->Acknowledged(Shard(0));
  ASSERT_TRUE(acknowledged.ok()) << "kUnavailable only once: " << acknowledged.status();
  EXPECT_EQ(*acknowledged, Position(0)) << "nothing of the new session is";

  CreateTopic(topic, {});
  SendAll(*producer, Records(0, 4, 6));
  EXPECT_EQ(MustLastOnBus(*producer, Shard(0)), Position(6));
  DeleteTopic(topic.name);
}

// Before librdkafka sees that the topic is another one, the broker takes what continues the old.
TEST(KafkaProducer, SeesBehindWhichRecordATopicThatWasMadeAnewHasAHole) {
  const KafkaTopic topic{.name = UniqueTopicName(), .shard_count = 2};
  CreateTopic(topic, {});
  const auto producer = NewProducer(topic);
  SendAll(*producer, Records(0, 1, 500));
  SendAll(*producer, Records(1, 1, 500));
  DeleteTopic(topic.name);
  CreateTopic(topic, {});

  std::vector<Record> more = Records(0, 501, 503);
  std::ranges::move(Records(1, 501, 503), std::back_inserter(more));
  ASSERT_EQ(producer->Send(more).value(), more.size());
  const absl::Status lost = AwaitLoss(*producer);
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable) << lost;
  EXPECT_EQ(MustLastOnBus(*producer, Shard(0)), Position(0)) << lost;
  EXPECT_EQ(MustLastOnBus(*producer, Shard(1)), Position(0)) << lost;

  SendAll(*producer, Records(0, 1, 503));
  EXPECT_EQ(MustLastOnBus(*producer, Shard(0)), Position(503));
  DeleteTopic(topic.name);
}

TEST(KafkaProducer, SaysThatTheTopicDoesNotFitWhenItOrItsPartitionIsNotThere) {
  const KafkaTopic absent{.name = UniqueTopicName(), .shard_count = 1};
  EXPECT_EQ(NewProducer(absent)->LastOnBus(Shard(0)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const ScopedTopic made(1);
  const auto producer = NewProducer({.name = made.topic().name, .shard_count = 2});
  EXPECT_EQ(producer->LastOnBus(Shard(0))->position, Position(0));
  const auto last = producer->LastOnBus(Shard(1));
  EXPECT_EQ(last.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(last.status().message()), HasSubstr("partition 1"));
}

TEST(KafkaProducer, FindsTheLastPositionBehindMessagesOfStrangers) {
  const ScopedTopic made(1);
  const auto producer = NewProducer(made.topic());
  SendAll(*producer, Records(0, 1, 3));
  ProduceForeign(made.topic().name, 0);
  EXPECT_EQ(producer->LastOnBus(Shard(0))->position, Position(3));
}

TEST(KafkaProducer, FindsNothingAfterRetentionRemovedEverything) {
  const ScopedTopic made(1);
  const auto producer = NewProducer(made.topic());
  SendAll(*producer, Records(0, 1, 3));
  EXPECT_EQ(producer->LastOnBus(Shard(0))->position, Position(3));
  DeleteRecords(made.topic().name, 0, 3);
  EXPECT_EQ(producer->LastOnBus(Shard(0))->position, Position(0));
}

TEST(KafkaConsumer, SkipsMessagesOfStrangersAndSaysSo) {
  const ScopedTopic made(1);
  const auto producer = NewProducer(made.topic());
  SendAll(*producer, Records(0, 1, 1));
  ProduceForeign(made.topic().name, 0);
  SendAll(*producer, Records(0, 2, 2));
  absl::Mutex mutex;
  std::string log;
  KafkaOptions options = TestCluster();
  options.on_log = [&mutex, &log](KafkaLogLevel, std::string_view text) {
    const absl::MutexLock lock(&mutex);
    log += text;
  };
  const auto received = ReadNew(*NewConsumer(options, made.topic()), 2);
  EXPECT_THAT(Positions(received), ElementsAre(1, 2));
  EXPECT_THAT(received.back().token, "3");
  const absl::MutexLock lock(&mutex);
  EXPECT_THAT(log, HasSubstr("offset 1 of partition 0 has none: skipped"));
}

TEST(KafkaConsumer, WaitsForATopicThatIsNotThereYet) {
  const KafkaTopic topic{.name = UniqueTopicName(), .shard_count = 1};
  const auto consumer = NewConsumer(TestCluster(), topic);
  const auto polled = consumer->Poll(10, absl::Milliseconds(50));
  EXPECT_TRUE(polled.ok() && polled->empty()) << polled.status();
  EXPECT_EQ(consumer->Head(Shard(0)).status().code(), absl::StatusCode::kFailedPrecondition);

  CreateTopic(topic, {});
  SendAll(*NewProducer(topic), Records(0, 1, 2));
  EXPECT_THAT(Positions(ReadNew(*consumer, 2)), ElementsAre(1, 2));
  EXPECT_EQ(MustHead(*consumer, Shard(0)), Position(2));
  DeleteTopic(topic.name);
}

class WithoutBroker : public testing::Test {
 protected:
  // Of the slowest call.
  absl::Duration slowest_ = absl::ZeroDuration();

  template <class Call>
  auto Timed(const Call& call) {
    const absl::Time start = absl::Now();
    auto result = call();
    slowest_ = std::max(slowest_, absl::Now() - start);
    return result;
  }
};

TEST_F(WithoutBroker, SendTakesUntilItsQueueIsFullAndNothingWaits) {
  const auto producer = *KafkaProducer::Open(kNobody, {.name = "t", .shard_count = 1});
  const auto records = Records(0, 1, 1000);
  std::size_t taken = 0;
  for (std::size_t last = 1; last > 0; taken += last) {
    last = *Timed([&] { return producer->Send(records); });
    ASSERT_LE(taken, 100'000);
  }
  EXPECT_EQ(taken, 100'000);
  EXPECT_EQ(*Timed([&] { return producer->Acknowledged(Shard(0)); }), Position(0));
  EXPECT_LT(slowest_, absl::Seconds(1));
}

TEST_F(WithoutBroker, PollComesBackEmptyAfterTheWait) {
  const auto consumer = *KafkaConsumer::Open(kNobody, {.name = "t", .shard_count = 1});
  EXPECT_TRUE(Timed([&] { return consumer->Assign(Shard(0), {}); }).ok());
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(Timed([&] { return consumer->Poll(10, absl::Milliseconds(20)); })->empty());
  }
  EXPECT_LT(slowest_, absl::Seconds(1));
}

TEST_F(WithoutBroker, QuestionsToTheBrokerAreUnavailableAfterSeconds) {
  const KafkaTopic topic{.name = "t", .shard_count = 1};
  const auto producer = *KafkaProducer::Open(kNobody, topic);
  const auto consumer = *KafkaConsumer::Open(kNobody, topic);
  EXPECT_TRUE(absl::IsUnavailable(Timed([&] { return producer->LastOnBus(Shard(0)); }).status()));
  EXPECT_TRUE(absl::IsUnavailable(Timed([&] { return consumer->Head(Shard(0)); }).status()));
  EXPECT_LT(slowest_, absl::Seconds(10));
}

}  // namespace
}  // namespace apdr::bus
