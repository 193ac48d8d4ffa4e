#include "services/bus/embedded/log_record_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/bus/record/event_record.h"

namespace apdr::bus {
namespace {

// What one call reads at most, whatever its limit, so that large events do not fill the memory.
constexpr std::size_t kReadCommitsMax = 256;
constexpr std::size_t kReadBytesMax = 8U << 20;

}  // namespace

LogRecordSource::LogRecordSource(eventstore::EventStore& store) : store_(store) {}

absl::StatusOr<std::vector<Record>> LogRecordSource::ReadAfter(Shard shard, Position after,
                                                               std::size_t limit) {
  std::vector<Record> records;
  std::size_t bytes = 0;
  while (records.size() < limit && bytes < kReadBytesMax) {
    const Position last = records.empty() ? after : records.back().position;
    auto commits = store_.ReadShard(shard, last, std::min(limit - records.size(), kReadCommitsMax));
    if (absl::IsOutOfRange(commits.status())) return FromAnotherLog(shard, after);
    if (!commits.ok()) return std::move(commits).status();
    if (commits->empty()) break;
    for (const eventstore::StoredCommit& stored : *commits) {
      for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
        if (stored.place.first_position.value() + index <= last.value()) continue;
        if (records.size() == limit) return records;
        APDR_ASSIGN_OR_RETURN(const event::v1::Event event, OutgoingEvent(stored, index));
        records.push_back(MakeEventRecord(event));
        bytes += records.back().value.size();
      }
    }
  }
  return records;
}

absl::Status LogRecordSource::FromAnotherLog(Shard shard, Position after) const {
  return absl::FailedPreconditionError(absl::StrCat(
      "Expected to read shard ", shard.value(), " after position ", after.value(),
      ", but the log ends at ", store_.DurableHead(shard).value(),
      ": what was folded comes from another log; delete the read model and let it be rebuilt."));
}

absl::StatusOr<Position> LogRecordSource::Head(Shard shard) { return store_.DurableHead(shard); }

}  // namespace apdr::bus
