#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "eventstore/event_store.h"

namespace apdr::eventstore {

// When the newest commit of a log was recorded, or `fallback` for an empty log: where a clock of
// recorded times goes on after a restart. kDataLoss: a commit does not read back.
[[nodiscard]] absl::StatusOr<absl::Time> NewestRecordedTime(EventStore& store, absl::Time fallback);

}  // namespace apdr::eventstore
