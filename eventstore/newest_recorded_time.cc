#include "eventstore/newest_recorded_time.h"

#include <algorithm>

#include "engine/base/status_macros.h"

namespace apdr::eventstore {

absl::StatusOr<absl::Time> NewestRecordedTime(EventStore& store, absl::Time fallback) {
  absl::Time newest = fallback;
  for (std::uint32_t shard = 0; shard < store.shard_count(); ++shard) {
    const Position head = store.DurableHead(Shard(shard));
    if (head == Position(0)) continue;
    APDR_ASSIGN_OR_RETURN(const auto last,
                          store.ReadShard(Shard(shard), Position(head.value() - 1), 1));
    if (!last.empty()) newest = std::max(newest, last.front().commit.recorded_at);
  }
  return newest;
}

}  // namespace apdr::eventstore
