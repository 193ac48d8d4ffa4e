#include "services/bus/memory/memory_bus.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "services/bus/sequence_header.h"

namespace apdr::bus {
namespace {

// As a Kafka client's queue: Send takes less when it is full.
constexpr std::size_t kBufferRecordsMax = 10'000;

// nullopt for what no consumer of this bus gave out.
std::optional<std::uint64_t> ParseToken(std::string_view token) {
  std::uint64_t offset = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, offset);
  if (token.empty() || error != std::errc() || stop != end) return std::nullopt;
  return offset;
}

}  // namespace

class MemoryBus::MemoryProducer final : public Producer {
 public:
  MemoryProducer(MemoryBus& bus, std::size_t shard_count)
      : bus_(bus), unacknowledged_(shard_count), acknowledged_(shard_count) {}

  absl::StatusOr<std::size_t> Send(std::span<const Record> records) override {
    APDR_RETURN_IF_ERROR(MaybeLose());
    const std::size_t room = kBufferRecordsMax - buffer_.size();
    const std::size_t taken = bus_.SomeOf(std::min(records.size(), room));
    for (const Record& record : records.first(taken)) {
      CheckSequence(record);
      APDR_CHECK(record.shard.value() < acknowledged_.size());
      buffer_.push_back(record);
    }
    return taken;
  }

  absl::StatusOr<Position> Acknowledged(Shard shard) override {
    APDR_CHECK(shard.value() < acknowledged_.size());
    APDR_RETURN_IF_ERROR(MaybeLose());
    Deliver(bus_.SomeOf(buffer_.size()));
    std::deque<Position>& waiting = unacknowledged_[shard.value()];
    Position& acknowledged = acknowledged_[shard.value()];
    for (std::size_t count = bus_.SomeOf(waiting.size()); count > 0; --count) {
      acknowledged = std::max(acknowledged, waiting.front());
      waiting.pop_front();
    }
    return acknowledged;
  }

  absl::StatusOr<LastRecord> LastOnBus(Shard shard) override {
    if (bus_.Happens(bus_.faults_.away)) return absl::UnavailableError("The bus is away.");
    return bus_.Last(shard);
  }

 private:
  absl::Status MaybeLose() {
    if (!bus_.Happens(bus_.faults_.lost)) return absl::OkStatus();
    Deliver(bus_.SomeOf(buffer_.size()));
    buffer_.clear();
    for (std::deque<Position>& waiting : unacknowledged_) waiting.clear();
    std::ranges::fill(acknowledged_, Position(0));
    return absl::UnavailableError("The session with the bus was lost.");
  }

  void Deliver(std::size_t count) {
    for (; count > 0; --count) {
      const Record& record = buffer_.front();
      bus_.Append(record);
      unacknowledged_[record.shard.value()].push_back(record.position);
      buffer_.pop_front();
    }
  }

  MemoryBus& bus_;
  std::deque<Record> buffer_;  // Taken, and not on the bus.
  std::vector<std::deque<Position>> unacknowledged_;
  std::vector<Position> acknowledged_;
};

class MemoryBus::MemoryConsumer final : public Consumer {
 public:
  explicit MemoryConsumer(MemoryBus& bus) : bus_(bus) {}

  absl::Status Assign(Shard shard, const Resume& from) override {
    if (bus_.Happens(bus_.faults_.away)) return absl::UnavailableError("The bus is away.");
    std::uint64_t offset = ParseToken(from.token).value_or(0);
    if (offset > 0) --offset;  // The record that came with the token comes again.
    // As Kafka's auto.offset.reset=earliest.
    if (offset > bus_.End(shard)) offset = 0;
    next_.insert_or_assign(shard, offset);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Received>> Poll(std::size_t limit, absl::Duration) override {
    if (bus_.Happens(bus_.faults_.away)) return absl::UnavailableError("The bus is away.");
    std::vector<Received> received;
    auto assigned = next_.lower_bound(turn_);
    for (std::size_t i = 0; i < next_.size() && received.size() < limit; ++i, ++assigned) {
      if (assigned == next_.end()) assigned = next_.begin();
      const Shard shard = assigned->first;
      turn_ = Shard(shard.value() + 1);
      MaybeGoBack(assigned->second);
      auto records = bus_.Read(shard, assigned->second, bus_.SomeOf(limit - received.size()));
      if (records.empty()) continue;
      assigned->second = *ParseToken(records.back().token);
      std::ranges::move(records, std::back_inserter(received));
    }
    return received;
  }

  absl::StatusOr<Position> Head(Shard shard) override {
    if (bus_.Happens(bus_.faults_.away)) return absl::UnavailableError("The bus is away.");
    return bus_.Last(shard).position;
  }

 private:
  void MaybeGoBack(std::uint64_t& offset) {
    constexpr std::uint64_t kBackMax = 20;
    if (!bus_.Happens(bus_.faults_.redeliver)) return;
    offset -= std::min(offset, bus_.random_->Next() % (kBackMax + 1));
  }

  MemoryBus& bus_;
  std::map<Shard, std::uint64_t> next_;  // The offset to read from.
  Shard turn_;                           // Which shard is served first.
};

MemoryBus::MemoryBus(std::uint32_t shard_count) : random_(nullptr), logs_(shard_count) {
  APDR_CHECK(shard_count > 0);
}

MemoryBus::MemoryBus(std::uint32_t shard_count, const BusFaults& faults, Random& random)
    : faults_(faults), random_(&random), logs_(shard_count) {
  APDR_CHECK(shard_count > 0);
  for (const std::uint64_t percent : {faults.slow, faults.lost, faults.away, faults.redeliver}) {
    APDR_CHECK(percent < 100);
  }
}

std::unique_ptr<Producer> MemoryBus::NewProducer() {
  const absl::MutexLock lock(&mutex_);
  return std::make_unique<MemoryProducer>(*this, logs_.size());
}

std::unique_ptr<Consumer> MemoryBus::NewConsumer() {
  return std::make_unique<MemoryConsumer>(*this);
}

void MemoryBus::Forget(Shard shard, std::size_t keep) {
  const absl::MutexLock lock(&mutex_);
  Log& log = logs_.at(shard.value());
  for (; log.records.size() > keep; ++log.first) log.records.pop_front();
  log.last = {};
  for (const Record& record : log.records) log.Note(record);
}

std::vector<Record> MemoryBus::Contents(Shard shard) const {
  const absl::MutexLock lock(&mutex_);
  const Log& log = logs_.at(shard.value());
  return {log.records.begin(), log.records.end()};
}

bool MemoryBus::Happens(std::uint64_t percent) {
  return random_ != nullptr && random_->Next() % 100 < percent;
}

std::size_t MemoryBus::SomeOf(std::size_t count) {
  return Happens(faults_.slow) ? random_->Next() % (count + 1) : count;
}

void MemoryBus::Append(const Record& record) {
  const absl::MutexLock lock(&mutex_);
  Log& log = logs_.at(record.shard.value());
  log.records.push_back(record);
  log.Note(record);
}

std::vector<Received> MemoryBus::Read(Shard shard, std::uint64_t offset, std::size_t limit) {
  const absl::MutexLock lock(&mutex_);
  const Log& log = logs_.at(shard.value());
  offset = std::max(offset, log.first);
  std::vector<Received> received;
  for (; offset < log.end() && received.size() < limit; ++offset) {
    received.push_back(
        {.record = log.records[offset - log.first], .token = absl::StrCat(offset + 1)});
  }
  return received;
}

std::uint64_t MemoryBus::End(Shard shard) const {
  const absl::MutexLock lock(&mutex_);
  return logs_.at(shard.value()).end();
}

LastRecord MemoryBus::Last(Shard shard) const {
  const absl::MutexLock lock(&mutex_);
  return logs_.at(shard.value()).last;
}

}  // namespace apdr::bus
