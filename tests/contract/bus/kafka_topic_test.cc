#include "services/bus/kafka/kafka_topic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "tests/contract/bus/kafka_cluster.h"

namespace apdr::bus {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::map<std::string, std::string> kFits = {
    {"cleanup.policy", "delete"}, {"retention.ms", "-1"}, {"max.message.bytes", "2097152"}};

MATCHER_P2(Says, code, text, "") {
  *result_listener << arg;
  return arg.code() == code && testing::Value(std::string(arg.message()), text);
}

TEST(EnsureTopic, CreatesAnAbsentTopicThatFitsFromThenOn) {
  const KafkaTopic topic{.name = UniqueTopicName(), .shard_count = 8};
  const TopicRules create{.topic = topic, .absent = AbsentTopic::kCreate};
  EXPECT_TRUE(EnsureTopic(TestCluster(), create).ok());
  EXPECT_TRUE(EnsureTopic(TestCluster(), create).ok()) << "a second time";
  const absl::Status checked = EnsureTopic(TestCluster(), {.topic = topic});
  EXPECT_TRUE(checked.ok()) << checked;
  DeleteTopic(topic.name);
}

TEST(EnsureTopic, RefusesAnAbsentTopicUnlessItMayCreateIt) {
  const KafkaTopic topic{.name = UniqueTopicName(), .shard_count = 8};
  EXPECT_THAT(EnsureTopic(TestCluster(), {.topic = topic}),
              Says(absl::StatusCode::kFailedPrecondition,
                   "Expected topic " + topic.name +
                       " with 8 partitions, but there is no such topic, and it is not to be "
                       "created."));
}

TEST(EnsureTopic, IsUnavailableWhileAnAbsentTopicIsAwaited) {
  const KafkaTopic topic{.name = UniqueTopicName(), .shard_count = 8};
  const TopicRules await{.topic = topic, .absent = AbsentTopic::kAwait};
  EXPECT_THAT(
      EnsureTopic(TestCluster(), await),
      Says(absl::StatusCode::kUnavailable,
           "Expected topic " + topic.name + " with 8 partitions, but there is no such topic yet."));
  CreateTopic(topic, kFits);
  EXPECT_TRUE(EnsureTopic(TestCluster(), await).ok());
  DeleteTopic(topic.name);
}

TEST(EnsureTopic, RefusesAnotherPartitionCountAndNamesBoth) {
  for (const std::uint32_t shards : {7U, 9U}) {
    const ScopedTopic made(8, kFits);
    const TopicRules rules{.topic = {.name = made.topic().name, .shard_count = shards},
                           .absent = AbsentTopic::kCreate};
    EXPECT_THAT(EnsureTopic(TestCluster(), rules),
                Says(absl::StatusCode::kFailedPrecondition,
                     "Expected topic " + made.topic().name + " to have partitions=" +
                         std::to_string(shards) + " (it has 8), but it differs."));
  }
}

TEST(EnsureTopic, NamesEverySettingThatDiffers) {
  const ScopedTopic made(1, {{"cleanup.policy", "compact"},
                             {"retention.ms", "1000"},
                             {"retention.bytes", "5000"},
                             {"max.message.bytes", "1000"}});
  EXPECT_THAT(EnsureTopic(TestCluster(), {.topic = made.topic(), .replicas = 2}),
              Says(absl::StatusCode::kFailedPrecondition,
                   AllOf(HasSubstr("at least 2 replicas (it has 1)"),
                         HasSubstr("cleanup.policy=delete (it has compact)"),
                         HasSubstr("retention.ms=-1 (it has 1000)"),
                         HasSubstr("retention.bytes=-1 (it has 5000)"),
                         HasSubstr("max.message.bytes of at least 2097152 (it has 1000)"),
                         HasSubstr("min.insync.replicas of at least 2 (it has 1)"),
                         Not(HasSubstr("partitions")))));
}

TEST(EnsureTopic, TakesRetentionThatIsLongEnough) {
  const auto with_retention = [](const char* milliseconds) {
    auto settings = kFits;
    settings["retention.ms"] = milliseconds;
    const ScopedTopic made(1, settings);
    return EnsureTopic(TestCluster(), {.topic = made.topic(), .retention = absl::Hours(1)});
  };
  EXPECT_TRUE(with_retention("-1").ok());
  EXPECT_TRUE(with_retention("3600000").ok());
  EXPECT_THAT(with_retention("3599999"),
              Says(absl::StatusCode::kFailedPrecondition,
                   HasSubstr("retention.ms of at least 3600000 (it has 3599999)")));
}

TEST(EnsureTopic, AnswersUnavailableWhenTheClusterCannotBeReached) {
  EXPECT_THAT(
      EnsureTopic({.bootstrap_servers = "127.0.0.1:1"}, {.topic = {.name = "t", .shard_count = 1}}),
      Says(absl::StatusCode::kUnavailable, HasSubstr("look for topic t")));
}

// deploy/kafka/topics.yaml and the rules are two descriptions of one thing.
TEST(EnsureTopic, AcceptsTheTopicsThatTheOperatorsScriptCreates) {
  // What other tests left there.
  DeleteTopic(std::string(kEventsTopic));
  DeleteTopic(std::string(kNoticesTopic));
  const std::string create =
      "deploy/kafka/topics.sh create " + TestCluster().bootstrap_servers + " 8 > /dev/null";
  ASSERT_EQ(system(create.c_str()), 0);
  const KafkaOptions options = TestCluster();
  for (const TopicRules& rules : {EventsTopicRules(options, 8), NoticesTopicRules(options, 8)}) {
    const absl::Status checked = EnsureTopic(options, rules);
    EXPECT_TRUE(checked.ok()) << checked;
  }
}

}  // namespace
}  // namespace apdr::bus
