#include "services/bus/embedded/log_record_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/bus/record/event_record.h"

namespace apdr::bus {

LogRecordSource::LogRecordSource(eventstore::EventStore& store) : store_(store) {}

absl::StatusOr<std::vector<Record>> LogRecordSource::ReadAfter(Shard shard, Position after,
                                                               std::size_t limit) {
  auto commits = store_.ReadShard(shard, after, limit);
  if (absl::IsOutOfRange(commits.status())) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Expected to read shard ", shard.value(), " after position ", after.value(),
        ", but the log ends at ", store_.DurableHead(shard).value(),
        ": what was folded comes from another log; delete the read model and let it be rebuilt."));
  }
  if (!commits.ok()) return std::move(commits).status();
  std::vector<Record> records;
  for (const eventstore::StoredCommit& stored : *commits) {
    for (std::size_t index = 0; index < stored.commit.events.size(); ++index) {
      if (stored.place.first_position.value() + index <= after.value()) continue;
      if (records.size() == limit) return records;
      APDR_ASSIGN_OR_RETURN(const event::v1::Event event, OutgoingEvent(stored, index));
      records.push_back(MakeEventRecord(event));
    }
  }
  return records;
}

absl::StatusOr<Position> LogRecordSource::Head(Shard shard) { return store_.DurableHead(shard); }

}  // namespace apdr::bus
