#include "services/bus/kafka/kafka_consumer.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "services/bus/kafka/internal/client.h"
#include "services/bus/kafka/internal/record_codec.h"
#include "services/bus/kafka/internal/topic_tail.h"

namespace apdr::bus {
namespace {

const std::vector<std::pair<std::string, std::string>>& ConsumerSettings() {
  static const auto& settings = *new std::vector<std::pair<std::string, std::string>>{
      {"enable.auto.commit", "false"},
      {"enable.partition.eof", "false"},
      {"auto.offset.reset", "earliest"},
      {"check.crcs", "true"},
      // An idle fetch holds up whatever else is asked on its connection.
      {"fetch.wait.max.ms", "100"},
      {"fetch.error.backoff.ms", "100"},
      // Of each partition, in memory.
      {"queued.min.messages", "10000"},
      {"queued.max.messages.kbytes", "8192"},
  };
  return settings;
}

// Where to begin: at the record that came with the token.
std::int64_t ParseToken(std::string_view token) {
  std::int64_t offset = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, offset);
  const bool is_offset = !token.empty() && error == std::errc() && stop == end && offset >= 0;
  return is_offset ? std::max<std::int64_t>(offset - 1, 0) : RD_KAFKA_OFFSET_BEGINNING;
}

}  // namespace

class KafkaConsumer::Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> Open(KafkaOptions options, KafkaTopic topic) {
    std::unique_ptr<Session> session(new Session(std::move(options), std::move(topic)));
    APDR_ASSIGN_OR_RETURN(session->client_, kafka::NewClient(RD_KAFKA_CONSUMER, session->options_,
                                                             ConsumerSettings(), session->hooks_));
    session->queue_.reset(rd_kafka_queue_new(session->client_.get()));
    session->handle_ = kafka::NewTopic(session->client_.get(), session->topic_.name);
    return session;
  }

  ~Session() {
    for (std::size_t shard = 0; shard < assigned_.size(); ++shard) {
      if (assigned_[shard]) rd_kafka_consume_stop(handle_.get(), static_cast<int32_t>(shard));
    }
  }

  absl::Status Assign(Shard shard, const Resume& from) {
    APDR_CHECK(shard.value() < topic_.shard_count);
    const auto partition = static_cast<std::int32_t>(shard.value());
    // Also makes librdkafka drop what it had fetched for the earlier assignment.
    if (assigned_[shard.value()]) rd_kafka_consume_stop(handle_.get(), partition);
    assigned_[shard.value()] =
        rd_kafka_consume_start_queue(handle_.get(), partition, ParseToken(from.token),
                                     queue_.get()) == 0;
    if (assigned_[shard.value()]) return absl::OkStatus();
    return kafka::Unavailable(absl::StrCat("read topic ", topic_.name), rd_kafka_last_error());
  }

  absl::StatusOr<std::vector<Received>> Poll(std::size_t limit, absl::Duration wait) {
    APDR_CHECK(limit > 0);
    rd_kafka_poll(client_.get(), 0);
    messages_.resize(limit);
    // The batch call waits until the batch is full or the time is over: wait for the first alone.
    std::size_t count = Take(0, 1, wait);
    if (count == 1 && limit > 1) count += Take(1, limit - 1, absl::ZeroDuration());
    std::vector<Received> received;
    received.reserve(count);
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (std::size_t i = 0; i < count; ++i) {
      const kafka::Owned<rd_kafka_message_t> message(messages_[i]);
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        error = message->err;
      } else if (std::optional<Record> record = kafka::ToRecord(*message)) {
        received.push_back(
            {.record = *std::move(record), .token = absl::StrCat(message->offset + 1)});
      } else {
        LogForeign(*message);
      }
    }
    if (received.empty() && error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return kafka::Unavailable(absl::StrCat("read topic ", topic_.name), error);
    }
    return received;
  }

  absl::StatusOr<Position> Head(Shard shard) {
    if (tail_ == nullptr) {
      APDR_ASSIGN_OR_RETURN(tail_, kafka::TopicTail::Open(options_, topic_));
    }
    APDR_ASSIGN_OR_RETURN(const kafka::Seen seen, tail_->Look(shard));
    return seen.last.position;
  }

 private:
  Session(KafkaOptions options, KafkaTopic topic)
      : options_(std::move(options)),
        topic_(std::move(topic)),
        hooks_{.on_log = options_.on_log, .on_fatal = {}, .on_delivery = {}},
        assigned_(topic_.shard_count) {}

  std::size_t Take(std::size_t at, std::size_t count, absl::Duration wait) {
    const ssize_t taken = rd_kafka_consume_batch_queue(queue_.get(), kafka::Milliseconds(wait),
                                                       &messages_[at], count);
    return taken < 0 ? 0 : static_cast<std::size_t>(taken);
  }

  void LogForeign(const rd_kafka_message_t& message) const {
    if (!options_.on_log) return;
    options_.on_log(
        KafkaLogLevel::kInfo,
        absl::StrCat("Expected a position in every message of topic ", topic_.name, ", but offset ",
                     message.offset, " of partition ", message.partition, " has none: skipped."));
  }

  const KafkaOptions options_;
  const KafkaTopic topic_;
  kafka::Hooks hooks_;
  std::vector<bool> assigned_;  // By shard.
  kafka::Owned<rd_kafka_t> client_;
  kafka::Owned<rd_kafka_queue_t> queue_;  // Of all assigned partitions.
  kafka::Owned<rd_kafka_topic_t> handle_;
  std::vector<rd_kafka_message_t*> messages_;  // Filled and emptied within Poll.
  std::unique_ptr<kafka::TopicTail> tail_;     // Null until it is asked.
};

absl::StatusOr<std::unique_ptr<KafkaConsumer>> KafkaConsumer::Open(KafkaOptions options,
                                                                   KafkaTopic topic) {
  std::unique_ptr<KafkaConsumer> consumer(new KafkaConsumer());
  APDR_ASSIGN_OR_RETURN(consumer->session_, Session::Open(std::move(options), std::move(topic)));
  return consumer;
}

KafkaConsumer::KafkaConsumer() = default;

KafkaConsumer::~KafkaConsumer() = default;

absl::Status KafkaConsumer::Assign(Shard shard, const Resume& from) {
  return session_->Assign(shard, from);
}

absl::StatusOr<std::vector<Received>> KafkaConsumer::Poll(std::size_t limit, absl::Duration wait) {
  return session_->Poll(limit, wait);
}

absl::StatusOr<Position> KafkaConsumer::Head(Shard shard) { return session_->Head(shard); }

}  // namespace apdr::bus
