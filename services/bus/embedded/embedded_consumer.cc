#include "services/bus/embedded/embedded_consumer.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace apdr::bus {

EmbeddedConsumer::EmbeddedConsumer(RecordSource& source) : source_(source) {}

absl::Status EmbeddedConsumer::Assign(Shard shard, const Resume& from) {
  delivered_.insert_or_assign(shard, from.position);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Received>> EmbeddedConsumer::Poll(std::size_t limit, absl::Duration) {
  std::vector<Received> received;
  auto next = delivered_.lower_bound(turn_);
  for (std::size_t i = 0; i < delivered_.size() && received.size() < limit; ++i, ++next) {
    if (next == delivered_.end()) next = delivered_.begin();
    const Shard shard = next->first;
    Position& delivered = next->second;
    APDR_ASSIGN_OR_RETURN(std::vector<Record> records,
                          source_.ReadAfter(shard, delivered, limit - received.size()));
    turn_ = Shard(shard.value() + 1);
    if (records.empty()) continue;
    delivered = records.back().position;
    for (Record& record : records) received.push_back({.record = std::move(record), .token = {}});
  }
  return received;
}

absl::StatusOr<Position> EmbeddedConsumer::Head(Shard shard) { return source_.Head(shard); }

}  // namespace apdr::bus
