#include "services/bus/kafka/kafka_topic.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/clock.h"
#include "engine/base/status_macros.h"
#include "services/bus/kafka/internal/client.h"

namespace apdr::bus {
namespace {

using kafka::Owned;

constexpr absl::Duration kAnswerTime = absl::Seconds(6);
// How long a topic that a broker does not know may be one that was just made.
constexpr absl::Duration kSettleTime = absl::Seconds(1);
constexpr absl::Duration kBetweenQuestions = absl::Milliseconds(50);
constexpr absl::Duration kNoticesRetention = absl::Hours(24 * 30);
constexpr std::int64_t kForEver = -1;
constexpr int kInsyncReplicas = 2;

// A setting that has to be a number of at least `least`; kForEver is more than any.
struct Bound {
  const char* setting;
  std::int64_t least;
};

std::vector<Bound> BoundsOf(const TopicRules& rules) {
  const bool for_ever = rules.retention == absl::InfiniteDuration();
  return {
      {"retention.ms", for_ever ? kForEver : absl::ToInt64Milliseconds(rules.retention)},
      {"retention.bytes", kForEver},
      {"max.message.bytes", std::int64_t{kMessageBytesMax}},
      {"min.insync.replicas", rules.replicas > 1 ? kInsyncReplicas : 1},
  };
}

// What is there.
struct FoundTopic {
  int partitions = 0;
  int replicas = 0;  // Of the partition that has the fewest.
  std::map<std::string, std::string> settings;
};

// Compared as unsigned numbers, -1 is the largest.
bool IsAtLeast(const std::string& text, std::int64_t least) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end &&
         static_cast<std::uint64_t>(value) >= static_cast<std::uint64_t>(least);
}

absl::Status Compare(const TopicRules& rules, const FoundTopic& found) {
  std::vector<std::string> differences;
  const auto shards = static_cast<int>(rules.topic.shard_count);
  if (found.partitions != shards) {
    differences.push_back(absl::StrCat("partitions=", shards, " (it has ", found.partitions, ")"));
  }
  if (found.replicas < rules.replicas) {
    differences.push_back(
        absl::StrCat("at least ", rules.replicas, " replicas (it has ", found.replicas, ")"));
  }
  const auto setting = [&found](const std::string& name) {
    const auto entry = found.settings.find(name);
    return entry == found.settings.end() ? std::string("none") : entry->second;
  };
  if (setting("cleanup.policy") != "delete") {
    differences.push_back(
        absl::StrCat("cleanup.policy=delete (it has ", setting("cleanup.policy"), ")"));
  }
  for (const Bound& bound : BoundsOf(rules)) {
    const std::string value = setting(bound.setting);
    if (IsAtLeast(value, bound.least)) continue;
    differences.push_back(absl::StrCat(bound.setting,
                                       bound.least == kForEver ? "=" : " of at least ", bound.least,
                                       " (it has ", value, ")"));
  }
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("Expected topic ", rules.topic.name,
                                                    " to have ", absl::StrJoin(differences, ", "),
                                                    ", but it differs."));
}

absl::Status Absent(const TopicRules& rules) {
  if (rules.absent == AbsentTopic::kCreate) {
    return kafka::Unavailable(absl::StrCat("see topic ", rules.topic.name, ", which was created"),
                              RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  }
  const std::string text = absl::StrCat("Expected topic ", rules.topic.name, " with ",
                                        rules.topic.shard_count, " partitions, but there is no ");
  if (rules.absent == AbsentTopic::kAwait) return absl::UnavailableError(text + "such topic yet.");
  return absl::FailedPreconditionError(text + "such topic, and it is not to be created.");
}

// Asks one cluster about one topic.
class Admin {
 public:
  static absl::StatusOr<std::unique_ptr<Admin>> Open(const KafkaOptions& options,
                                                     const TopicRules& rules) {
    std::unique_ptr<Admin> admin(new Admin(options, rules));
    // A consumer, because a producer's question may create the topic with the broker's defaults.
    APDR_ASSIGN_OR_RETURN(admin->client_,
                          kafka::NewClient(RD_KAFKA_CONSUMER, options,
                                           {{"allow.auto.create.topics", "false"}}, admin->hooks_));
    admin->queue_.reset(rd_kafka_queue_new(admin->client_.get()));
    admin->handle_ = kafka::NewTopic(admin->client_.get(), rules.topic.name);
    return admin;
  }

  // Whether the topic is there; if so, its partitions and replicas are in `found`.
  absl::StatusOr<bool> FindPartitions(FoundTopic& found) {
    const rd_kafka_metadata_t* raw = nullptr;
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata(client_.get(), 0, handle_.get(), &raw, TimeLeft());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka::Unavailable(Action("look for"), error);
    const Owned<const rd_kafka_metadata_t> metadata(raw);
    const rd_kafka_metadata_topic& topic = metadata->topics[0];
    if (kafka::IsUnknownTopic(topic.err)) return false;
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return kafka::Unavailable(Action("look for"), topic.err);
    }
    found.partitions = topic.partition_cnt;
    found.replicas = std::numeric_limits<int>::max();
    for (int i = 0; i < topic.partition_cnt; ++i) {
      found.replicas = std::min(found.replicas, topic.partitions[i].replica_cnt);
    }
    return true;
  }

  absl::Status ReadSettings(FoundTopic& found) {
    const Owned<rd_kafka_ConfigResource_t> resource(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, rules_.topic.name.c_str()));
    rd_kafka_ConfigResource_t* resources[] = {resource.get()};
    rd_kafka_DescribeConfigs(client_.get(), resources, 1, nullptr, queue_.get());
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(queue_.get(), TimeLeft()));
    APDR_RETURN_IF_ERROR(CheckAnswer("read the settings of", answer.get()));
    std::size_t count = 0;
    const rd_kafka_ConfigResource_t** const described = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(answer.get()), &count);
    if (const auto error = rd_kafka_ConfigResource_error(described[0])) {
      return kafka::Unavailable(Action("read the settings of"), error);
    }
    const rd_kafka_ConfigEntry_t** const entries =
        rd_kafka_ConfigResource_configs(described[0], &count);
    for (std::size_t i = 0; i < count; ++i) {
      const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
      if (value != nullptr) found.settings[rd_kafka_ConfigEntry_name(entries[i])] = value;
    }
    return absl::OkStatus();
  }

  // OK also when somebody else was quicker.
  absl::Status Create() {
    std::array<char, 512> text{};
    const Owned<rd_kafka_NewTopic_t> topic(
        rd_kafka_NewTopic_new(rules_.topic.name.c_str(), static_cast<int>(rules_.topic.shard_count),
                              rules_.replicas, text.data(), text.size()));
    if (topic == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat("Expected to ", Action("create"), ", but ", text.data(), "."));
    }
    rd_kafka_NewTopic_set_config(topic.get(), "cleanup.policy", "delete");
    for (const Bound& bound : BoundsOf(rules_)) {
      rd_kafka_NewTopic_set_config(topic.get(), bound.setting, absl::StrCat(bound.least).c_str());
    }
    rd_kafka_NewTopic_t* topics[] = {topic.get()};
    rd_kafka_CreateTopics(client_.get(), topics, 1, nullptr, queue_.get());
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(queue_.get(), TimeLeft()));
    APDR_RETURN_IF_ERROR(CheckAnswer("create", answer.get()));
    std::size_t count = 0;
    const rd_kafka_topic_result_t** const results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(answer.get()), &count);
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[0]);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      return absl::OkStatus();
    }
    const char* const reason = rd_kafka_topic_result_error_string(results[0]);
    return kafka::Unavailable(Action("create"), reason == nullptr ? "no reason" : reason);
  }

  // As FindPartitions, but gives the brokers time to tell each other of a topic just made.
  absl::StatusOr<bool> AwaitPartitions(FoundTopic& found) {
    const absl::Duration settled = SystemClock().Monotonic() + kSettleTime;
    while (true) {
      APDR_ASSIGN_OR_RETURN(const bool there, FindPartitions(found));
      if (there || SystemClock().Monotonic() > settled) return there;
      rd_kafka_poll(client_.get(), kafka::Milliseconds(kBetweenQuestions));
    }
  }

 private:
  Admin(const KafkaOptions& options, const TopicRules& rules)
      : rules_(rules), hooks_{.on_log = options.on_log, .on_fatal = {}, .on_delivery = {}} {}

  [[nodiscard]] int TimeLeft() const {
    return kafka::Milliseconds(deadline_ - SystemClock().Monotonic());
  }
  [[nodiscard]] std::string Action(std::string_view verb) const {
    return absl::StrCat(std::string(verb), " topic ", rules_.topic.name);
  }
  [[nodiscard]] absl::Status CheckAnswer(std::string_view verb, rd_kafka_event_t* answer) const {
    if (answer == nullptr) return kafka::Unavailable(Action(verb), RD_KAFKA_RESP_ERR__TIMED_OUT);
    if (rd_kafka_event_error(answer) == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
    return kafka::Unavailable(Action(verb), rd_kafka_event_error_string(answer));
  }

  const TopicRules& rules_;
  const absl::Duration deadline_ = SystemClock().Monotonic() + kAnswerTime;
  kafka::Hooks hooks_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> queue_;
  Owned<rd_kafka_topic_t> handle_;
};

}  // namespace

TopicRules EventsTopicRules(const KafkaOptions& options, std::uint32_t shard_count) {
  return {.topic = {.name = options.events_topic, .shard_count = shard_count}};
}

TopicRules NoticesTopicRules(const KafkaOptions& options, std::uint32_t shard_count) {
  return {.topic = {.name = options.notices_topic, .shard_count = shard_count},
          .retention = kNoticesRetention};
}

absl::Status EnsureTopic(const KafkaOptions& options, const TopicRules& rules) {
  APDR_ASSIGN_OR_RETURN(const std::unique_ptr<Admin> admin, Admin::Open(options, rules));
  FoundTopic found;
  bool there = false;
  if (rules.absent == AbsentTopic::kCreate) {
    APDR_ASSIGN_OR_RETURN(there, admin->FindPartitions(found));
    if (!there) APDR_RETURN_IF_ERROR(admin->Create());
  }
  if (!there) {
    APDR_ASSIGN_OR_RETURN(there, admin->AwaitPartitions(found));
  }
  if (!there) return Absent(rules);
  APDR_RETURN_IF_ERROR(admin->ReadSettings(found));
  return Compare(rules, found);
}

}  // namespace apdr::bus
