#include "services/apdr/publisher_role.h"

#include <string>
#include <string_view>
#include <utility>

#include "engine/base/status_macros.h"
#include "services/bus/kafka/kafka_topic.h"
#include "services/host/log.h"

namespace apdr {
namespace {

// Acknowledgements come without a wakeup, so an idle publisher asks for them at this pace.
constexpr absl::Duration kAcknowledgementPace = absl::Milliseconds(10);
// Publishing gives way to commands.
constexpr int kPublisherNice = 5;

absl::Status EnsureTopics(const bus::KafkaOptions& kafka, std::uint32_t shards) {
  for (bus::TopicRules rules :
       {EventsTopicRules(kafka, shards), NoticesTopicRules(kafka, shards)}) {
    rules.absent = bus::AbsentTopic::kCreate;
    APDR_RETURN_IF_ERROR(EnsureTopic(kafka, rules));
  }
  return absl::OkStatus();
}

}  // namespace

bus::KafkaOptions KafkaOf(const ServeOptions& options) {
  bus::KafkaOptions kafka{.bootstrap_servers = options.kafka};
  kafka.on_log = [](bus::KafkaLogLevel level, std::string_view line) {
    const bool warning = level == bus::KafkaLogLevel::kWarning;
    host::Log(warning ? host::LogLevel::kWarning : host::LogLevel::kInfo, "kafka",
              {{"text", std::string(line)}});
  };
  return kafka;
}

absl::StatusOr<std::unique_ptr<PublisherRole>> PublisherRole::Open(
    const ServeOptions& options, eventstore::RocksDbEventStore& store) {
  const bus::KafkaOptions kafka = KafkaOf(options);
  const auto ensure_topics = [kafka, shards = options.shards] {
    return EnsureTopics(kafka, shards);
  };
  if (const absl::Status fit = ensure_topics(); absl::IsUnavailable(fit)) {
    // Commands do not wait for Kafka; the publisher asks again.
    host::Log(host::LogLevel::kWarning, "kafka_unavailable",
              {{"reason", std::string(fit.message())}});
  } else {
    APDR_RETURN_IF_ERROR(fit);
  }
  std::unique_ptr<PublisherRole> role(new PublisherRole());
  APDR_ASSIGN_OR_RETURN(
      role->events_,
      bus::KafkaProducer::Open(kafka, {.name = kafka.events_topic, .shard_count = options.shards}));
  APDR_ASSIGN_OR_RETURN(role->notices_,
                        bus::KafkaProducer::Open(
                            kafka, {.name = kafka.notices_topic, .shard_count = options.shards}));
  role->publisher_ = std::make_unique<publisher::Publisher>(
      publisher::Publisher::Parts{.store = store,
                                  .cursors = store,
                                  .events = *role->events_,
                                  .notices = *role->notices_,
                                  .ensure_topics = ensure_topics},
      publisher::PublisherOptions());
  return role;
}

void PublisherRole::StartLoops(const host::FailureHook& on_failure) {
  host::LoopOptions options{.name = "publisher"};
  options.idle_max = kAcknowledgementPace;
  options.nice = kPublisherNice;
  loop_ = std::make_unique<host::WorkerLoop>(*publisher_, &wakeup_, options, on_failure);
}

void PublisherRole::StopLoops() {
  if (loop_ != nullptr) loop_->Stop();
}

}  // namespace apdr
