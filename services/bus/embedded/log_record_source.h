#pragma once

#include <cstddef>
#include <vector>

#include "eventstore/event_store.h"
#include "services/bus/record/record_source.h"

namespace apdr::bus {

// The event store of this process as a source of records. Borrows the store. Thread-safe.
class LogRecordSource final : public RecordSource {
 public:
  explicit LogRecordSource(eventstore::EventStore& store);

  // Stops early after some MiB. kDataLoss: a stored event does not read back.
  [[nodiscard]] absl::StatusOr<std::vector<Record>> ReadAfter(Shard shard, Position after,
                                                              std::size_t limit) override;
  [[nodiscard]] absl::StatusOr<Position> Head(Shard shard) override;

 private:
  [[nodiscard]] absl::Status FromAnotherLog(Shard shard, Position after) const;

  eventstore::EventStore& store_;
};

}  // namespace apdr::bus
