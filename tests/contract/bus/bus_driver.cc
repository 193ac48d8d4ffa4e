#include "tests/contract/bus/bus_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/clock.h"

namespace apdr::bus {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr absl::Duration kPollWait = absl::Milliseconds(50);
constexpr std::size_t kPollLimit = 500;

// Until `step` returns true.
void RepeatUntil(const char* what, const std::function<bool()>& step) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!step()) {
    if (absl::Now() > deadline) {
      ADD_FAILURE() << what << " takes longer than " << kPatience;
      return;
    }
  }
}

bool IsOkOrUnavailable(const absl::Status& status) {
  EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
  return status.ok();
}

template <class Ask>
auto AskUntilAnswered(const char* what, const Ask& ask) {
  typename decltype(ask())::value_type told;
  RepeatUntil(what, [&told, &ask] {
    const auto answer = ask();
    if (!IsOkOrUnavailable(answer.status())) return !absl::IsUnavailable(answer.status());
    told = *answer;
    return true;
  });
  return told;
}

// Polls until `enough` says so about what came.
std::vector<Received> ReadWhile(Consumer& consumer,
                                const std::function<bool(const std::vector<Received>&)>& more) {
  std::vector<Received> all;
  RepeatUntil("reading from the bus", [&consumer, &more, &all] {
    absl::StatusOr<std::vector<Received>> polled = consumer.Poll(kPollLimit, kPollWait);
    if (!IsOkOrUnavailable(polled.status())) return !absl::IsUnavailable(polled.status());
    std::ranges::move(*polled, std::back_inserter(all));
    return !more(all);
  });
  return all;
}

}  // namespace

Record ARecord(std::uint32_t shard, std::uint64_t position, std::string value) {
  return {.shard = Shard(shard),
          .position = Position(position),
          .key = "case-" + std::to_string(position % 7),
          .value = std::move(value),
          .headers = {{"ce_id", "event " + std::to_string(position)},
                      {"ce_sequence", std::to_string(position)}}};
}

std::vector<Record> Records(std::uint32_t shard, std::uint64_t first, std::uint64_t last) {
  std::vector<Record> records;
  for (std::uint64_t position = first; position <= last; ++position) {
    records.push_back(ARecord(shard, position));
  }
  return records;
}

void SendAll(Producer& producer, std::span<const Record> records) {
  std::map<Shard, Position> last;
  for (const Record& record : records) last[record.shard] = record.position;
  std::map<Shard, Position> acknowledged;
  std::size_t sent = 0;
  RepeatUntil("sending to the bus", [&] {
    absl::Status status;
    // What a lost session left unacknowledged is sent again; what was acknowledged is skipped.
    while (status.ok() && sent < records.size()) {
      if (acknowledged[records[sent].shard] >= records[sent].position) {
        ++sent;
        continue;
      }
      const absl::StatusOr<std::size_t> taken = producer.Send(records.subspan(sent));
      status = taken.status();
      if (taken.ok()) sent += *taken;
      if (taken.ok() && *taken == 0) break;
    }
    bool done = status.ok() && sent == records.size();
    for (const auto& [shard, position] : last) {
      if (!status.ok()) break;
      const absl::StatusOr<Position> answer = producer.Acknowledged(shard);
      status = answer.status();
      if (!answer.ok()) break;
      acknowledged[shard] = std::max(acknowledged[shard], *answer);
      done = done && acknowledged[shard] >= position;
    }
    if (!IsOkOrUnavailable(status)) {
      sent = 0;
      return !absl::IsUnavailable(status);
    }
    return done;
  });
}

void MustAssign(Consumer& consumer, Shard shard, const Resume& from) {
  RepeatUntil("assigning", [&consumer, shard, &from] {
    const absl::Status status = consumer.Assign(shard, from);
    return IsOkOrUnavailable(status) || !absl::IsUnavailable(status);
  });
}

std::vector<Received> ReadNew(Consumer& consumer, std::size_t count) {
  return ReadWhile(consumer, [count](const std::vector<Received>& all) {
    return all.size() < count || WithoutRepeats(all).size() < count;
  });
}

std::vector<Received> ReadUntil(Consumer& consumer, Shard shard, Position last) {
  return ReadWhile(consumer, [shard, last](const std::vector<Received>& all) {
    return std::ranges::none_of(all, [shard, last](const Received& it) {
      return it.record.shard == shard && it.record.position == last;
    });
  });
}

Position MustHead(Consumer& consumer, Shard shard) {
  return AskUntilAnswered("asking for the head",
                          [&consumer, shard] { return consumer.Head(shard); });
}

LastRecord MustLastRecord(Producer& producer, Shard shard) {
  return AskUntilAnswered("asking for the last on the bus",
                          [&producer, shard] { return producer.LastOnBus(shard); });
}

Position MustLastOnBus(Producer& producer, Shard shard) {
  return MustLastRecord(producer, shard).position;
}

std::vector<Received> WithoutRepeats(std::vector<Received> received) {
  std::map<Shard, Position> seen;
  std::erase_if(received, [&seen](const Received& it) {
    Position& last = seen[it.record.shard];
    if (it.record.position <= last) return true;
    last = it.record.position;
    return false;
  });
  return received;
}

std::vector<std::uint64_t> Positions(const std::vector<Received>& received) {
  std::vector<std::uint64_t> positions;
  for (const Received& it : received) positions.push_back(it.record.position.value());
  return positions;
}

std::vector<Record> OfShard(const std::vector<Received>& received, Shard shard) {
  std::vector<Record> records;
  for (const Received& it : received) {
    if (it.record.shard == shard) records.push_back(it.record);
  }
  return records;
}

}  // namespace apdr::bus
