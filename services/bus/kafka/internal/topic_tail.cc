#include "services/bus/kafka/internal/topic_tail.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "engine/base/status_macros.h"
#include "services/bus/kafka/internal/record_codec.h"

namespace apdr::bus::kafka {
namespace {

constexpr absl::Duration kAnswerTime = absl::Seconds(5);
// Just after a topic is made its partitions have no leader yet, and not every broker knows it.
constexpr absl::Duration kSettleTime = absl::Seconds(2);
constexpr absl::Duration kBetweenQuestions = absl::Milliseconds(20);
constexpr Position kNoLimit(std::numeric_limits<std::uint64_t>::max());

absl::Duration Now() { return SystemClock().Monotonic(); }

bool WillSettle(rd_kafka_resp_err_t error) {
  return IsUnknownTopic(error) || error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TopicTail>> TopicTail::Open(const KafkaOptions& options,
                                                           const KafkaTopic& topic) {
  std::unique_ptr<TopicTail> tail(
      new TopicTail(topic, {.on_log = options.on_log, .on_fatal = {}, .on_delivery = {}}));
  APDR_ASSIGN_OR_RETURN(tail->client_, NewClient(RD_KAFKA_CONSUMER, options,
                                                 {{"enable.auto.commit", "false"},
                                                  {"enable.partition.eof", "true"},
                                                  {"auto.offset.reset", "earliest"},
                                                  {"check.crcs", "true"},
                                                  {"fetch.wait.max.ms", "10"}},
                                                 *tail->hooks_));
  tail->handle_ = NewTopic(tail->client_.get(), topic.name);
  return tail;
}

TopicTail::TopicTail(const KafkaTopic& topic, Hooks hooks)
    : topic_(topic), hooks_(std::make_unique<Hooks>(std::move(hooks))), seen_(topic.shard_count) {}

absl::StatusOr<Seen> TopicTail::Look(Shard shard) {
  APDR_CHECK(shard.value() < topic_.shard_count);
  APDR_ASSIGN_OR_RETURN(seen_[shard.value()], LookOn(shard, seen_[shard.value()], kNoLimit));
  return seen_[shard.value()];
}

absl::StatusOr<Seen> TopicTail::LookUpTo(Shard shard, Position limit) {
  APDR_CHECK(shard.value() < topic_.shard_count);
  return LookOn(shard, {}, limit);
}

absl::StatusOr<Seen> TopicTail::LookOn(Shard shard, Seen seen, Position limit) {
  const absl::Duration deadline = Now() + kAnswerTime;
  const auto partition = static_cast<std::int32_t>(shard.value());
  APDR_ASSIGN_OR_RETURN(Offsets range, ReadOffsets(partition, deadline));
  // Shorter than it was, or nothing left of what is known: another topic of that name, or
  // retention.
  if (range.high < seen.end || range.low >= seen.end) seen = {};
  range.low = std::max({range.low, range.high - kRecordsMax, seen.end});
  if (range.low < range.high) {
    APDR_ASSIGN_OR_RETURN(const LastRecord last, ReadLast(partition, range, limit, deadline));
    if (last.position >= seen.last.position) seen.last = last;
  }
  seen.end = range.high;
  return seen;
}

absl::StatusOr<TopicTail::Offsets> TopicTail::ReadOffsets(std::int32_t partition,
                                                          absl::Duration deadline) {
  const absl::Duration settled = Now() + kSettleTime;
  while (true) {
    Offsets offsets;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        client_.get(), topic_.name.c_str(), partition, &offsets.low, &offsets.high,
        Milliseconds(deadline - Now()));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return offsets;
    if (WillSettle(error) && Now() < settled) {
      rd_kafka_poll(client_.get(), Milliseconds(kBetweenQuestions));
      continue;
    }
    if (IsUnknownTopic(error)) {
      return absl::FailedPreconditionError(
          absl::StrCat("Expected topic ", topic_.name, " to have partition ", partition,
                       ", but there is no such topic or partition."));
    }
    return Unavailable(absl::StrCat("find the end of topic ", topic_.name), error);
  }
}

absl::StatusOr<LastRecord> TopicTail::ReadLast(std::int32_t partition, const Offsets& range,
                                               Position limit, absl::Duration deadline) {
  const std::string action = absl::StrCat("read the end of topic ", topic_.name);
  if (rd_kafka_consume_start(handle_.get(), partition, range.low) != 0) {
    return Unavailable(action, rd_kafka_last_error());
  }
  LastRecord last;
  absl::Status status;
  for (bool more = true; more && status.ok();) {
    const Owned<rd_kafka_message_t> message(
        rd_kafka_consume(handle_.get(), partition, Milliseconds(deadline - Now())));
    if (message == nullptr) {
      status = Unavailable(action, RD_KAFKA_RESP_ERR__TIMED_OUT);
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      more = false;
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      status = Unavailable(action, message->err);
    } else {
      const Position position = PositionOf(*message).value_or(Position());
      if (position >= last.position && position <= limit) {
        last = ToLastRecord(*message).value_or(last);
      }
      more = message->offset + 1 < range.high;
    }
  }
  rd_kafka_consume_stop(handle_.get(), partition);
  APDR_RETURN_IF_ERROR(status);
  return last;
}

}  // namespace apdr::bus::kafka
