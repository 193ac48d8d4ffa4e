#include "services/bus/kafka/kafka_producer.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "services/bus/kafka/internal/client.h"
#include "services/bus/kafka/internal/record_codec.h"
#include "services/bus/kafka/internal/topic_tail.h"
#include "services/bus/sequence_header.h"

namespace apdr::bus {
namespace {

const std::vector<std::pair<std::string, std::string>>& ProducerSettings() {
  static const auto& settings = *new std::vector<std::pair<std::string, std::string>>{
      {"enable.idempotence", "true"},
      // A record that fails for good fails the session, so that nothing behind it is sent.
      {"enable.gapless.guarantee", "true"},
      {"acks", "all"},
      {"message.timeout.ms", "0"},
      {"message.max.bytes", absl::StrCat(kMessageBytesMax)},
      {"linger.ms", "5"},
      {"compression.codec", "lz4"},
      // What waits while the broker is away.
      {"queue.buffering.max.messages", "100000"},
      {"queue.buffering.max.kbytes", "65536"},
  };
  return settings;
}

}  // namespace

// One life of a librdkafka producer, and what it has not acknowledged.
class KafkaProducer::Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> Open(const KafkaOptions& options,
                                                       const KafkaTopic& topic,
                                                       std::vector<Known>& known) {
    std::unique_ptr<Session> session(new Session(options, known));
    APDR_ASSIGN_OR_RETURN(session->client_, kafka::NewClient(RD_KAFKA_PRODUCER, options,
                                                             ProducerSettings(), session->hooks_));
    session->topic_ = kafka::NewTopic(session->client_.get(), topic.name);
    return session;
  }

  ~Session() {
    if (client_ == nullptr) return;
    // Nothing that waits may hold up the end of it.
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  }

  // Why it cannot go on; empty while it can.
  [[nodiscard]] const std::string& lost() const { return lost_; }

  // Whether the topic gave an offset out a second time.
  [[nodiscard]] bool topic_shrank() const { return topic_shrank_; }

  [[nodiscard]] bool IsIdle(Shard shard) const { return flights_[shard.value()].records.empty(); }

  void Serve() {
    rd_kafka_poll(client_.get(), 0);
    for (std::size_t shard = 0; shard < flights_.size(); ++shard) {
      std::deque<InFlight>& flight = flights_[shard].records;
      Known& known = known_[shard];
      for (; !flight.empty() && flight.front().acknowledged; flight.pop_front()) {
        known.acknowledged = std::max(known.acknowledged, flight.front().position);
        known.held = std::max(known.held, known.acknowledged);
        ++flights_[shard].first;
      }
    }
  }

  // The error that kept the record from being taken, if any.
  rd_kafka_resp_err_t Send(const Record& record) {
    CheckSequence(record);
    APDR_CHECK(record.shard.value() < flights_.size());
    Flight& flight = flights_[record.shard.value()];
    const std::uintptr_t number = flight.first + flight.records.size();
    kafka::Owned<rd_kafka_headers_t> headers = kafka::ToHeaders(record);
    const rd_kafka_resp_err_t error = Produce(record, headers.get(), number);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      (void)headers.release();  // librdkafka's now.
      flight.records.push_back({.position = record.position});
    } else if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL &&
               error != RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      Lose(rd_kafka_err2str(error));
    }
    return error;
  }

 private:
  struct InFlight {
    Position position;
    bool acknowledged = false;
  };
  // Records of a shard in the order of sending; the first has number `first`.
  struct Flight {
    std::uintptr_t first = 0;
    std::deque<InFlight> records;
  };

  Session(const KafkaOptions& options, std::vector<Known>& known)
      : hooks_{.on_log = options.on_log,
               .on_fatal = [this](std::string_view reason) { Lose(reason); },
               .on_delivery = [this](const rd_kafka_message_t& it) { OnDelivery(it); }},
        known_(known),
        flights_(known.size()) {}

  rd_kafka_resp_err_t Produce(const Record& record, rd_kafka_headers_t* headers,
                              std::uintptr_t number) {
    std::array<rd_kafka_vu_t, 7> parts{};
    parts[0].vtype = RD_KAFKA_VTYPE_RKT;
    parts[0].u.rkt = topic_.get();
    parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[1].u.i32 = static_cast<std::int32_t>(record.shard.value());
    parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[2].u.i = RD_KAFKA_MSG_F_COPY;
    parts[3].vtype = RD_KAFKA_VTYPE_KEY;
    parts[3].u.mem = {.ptr = const_cast<char*>(record.key.data()), .size = record.key.size()};
    parts[4].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[4].u.mem = {.ptr = const_cast<char*>(record.value.data()), .size = record.value.size()};
    parts[5].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts[5].u.headers = headers;
    parts[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[6].u.ptr = reinterpret_cast<void*>(number);
    rd_kafka_error_t* const error = rd_kafka_produceva(client_.get(), parts.data(), parts.size());
    if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    return code;
  }

  void OnDelivery(const rd_kafka_message_t& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return Lose(rd_kafka_err2str(message.err));
    std::int64_t& next_offset = known_.at(static_cast<std::size_t>(message.partition)).next_offset;
    // A record that the broker had already has no offset here.
    if (message.offset >= 0 && message.offset < next_offset) {
      topic_shrank_ = true;
      return Lose(absl::StrCat("offset ", message.offset, " of partition ", message.partition,
                               " was acknowledged before, so records are lost"));
    }
    next_offset = std::max(next_offset, message.offset + 1);
    Flight& flight = flights_.at(static_cast<std::size_t>(message.partition));
    const auto number = reinterpret_cast<std::uintptr_t>(message._private);
    flight.records.at(number - flight.first).acknowledged = true;
  }

  // The first reason is the cause of the others.
  void Lose(std::string_view reason) {
    if (lost_.empty()) lost_ = reason;
  }

  kafka::Hooks hooks_;
  std::vector<Known>& known_;    // By shard.
  std::vector<Flight> flights_;  // By shard.
  std::string lost_;
  bool topic_shrank_ = false;
  kafka::Owned<rd_kafka_t> client_;
  kafka::Owned<rd_kafka_topic_t> topic_;
};

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Open(KafkaOptions options,
                                                                   KafkaTopic topic) {
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer(std::move(options), std::move(topic)));
  APDR_ASSIGN_OR_RETURN(producer->session_,
                        Session::Open(producer->options_, producer->topic_, producer->known_));
  return producer;
}

KafkaProducer::KafkaProducer(KafkaOptions options, KafkaTopic topic)
    : options_(std::move(options)), topic_(std::move(topic)), known_(topic_.shard_count) {}

KafkaProducer::~KafkaProducer() = default;

absl::StatusOr<std::size_t> KafkaProducer::Send(std::span<const Record> records) {
  APDR_RETURN_IF_ERROR(Serve());
  std::size_t taken = 0;
  for (const Record& record : records) {
    const rd_kafka_resp_err_t error = session_->Send(record);
    if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE && taken == 0) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "Expected to send position ", record.position.value(), " of shard ", record.shard.value(),
          " to topic ", topic_.name, ", but its ", record.value.size(),
          " bytes are more than a message may have (", kMessageBytesMax, " with its headers)."));
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) break;
    ++taken;
  }
  return taken;
}

absl::StatusOr<Position> KafkaProducer::Acknowledged(Shard shard) {
  APDR_CHECK(shard.value() < topic_.shard_count);
  APDR_RETURN_IF_ERROR(Serve());
  return known_[shard.value()].acknowledged;
}

absl::StatusOr<LastRecord> KafkaProducer::LastOnBus(Shard shard) {
  APDR_CHECK(shard.value() < topic_.shard_count);
  if (tail_ == nullptr) {
    APDR_ASSIGN_OR_RETURN(tail_, kafka::TopicTail::Open(options_, topic_));
  }
  APDR_ASSIGN_OR_RETURN(const kafka::Seen seen, Look(shard));
  if (session_ == nullptr || session_->IsIdle(shard)) {
    known_[shard.value()] = {.acknowledged = known_[shard.value()].acknowledged,
                             .held = seen.last.position,
                             .next_offset = seen.end};
  }
  return seen.last;
}

absl::StatusOr<kafka::Seen> KafkaProducer::Look(Shard shard) {
  const Known& known = known_[shard.value()];
  APDR_ASSIGN_OR_RETURN(const kafka::Seen seen, tail_->Look(shard));
  if (!known.shrunk && seen.end >= known.next_offset) return seen;
  // What was sent to the shorter topic lies behind the hole and hides it.
  return tail_->LookUpTo(shard, known.held);
}

absl::Status KafkaProducer::Serve() {
  if (session_ == nullptr) {
    APDR_ASSIGN_OR_RETURN(session_, Session::Open(options_, topic_, known_));
  }
  session_->Serve();
  if (session_->lost().empty()) return absl::OkStatus();
  const absl::Status lost =
      kafka::Unavailable(absl::StrCat("send to topic ", topic_.name), session_->lost());
  for (Known& known : known_) {
    known.acknowledged = Position(0);
    known.shrunk = known.shrunk || session_->topic_shrank();
  }
  session_.reset();
  return lost;
}

}  // namespace apdr::bus
