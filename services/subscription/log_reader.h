#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "eventstore/event_store.h"
#include "services/subscription/event_filter.h"
#include "services/subscription/pages.h"
#include "services/subscription/place_index.h"
#include "services/subscription/shard_ledger.h"

namespace apdr::subscription {

// What of the log a subscription is about.
struct Selection {
  TenantId tenant;
  EventFilter filter;
};

// Fills ledgers from the log. One thread. Both calls: errors of the store as they are, except
// damage.
class LogReader {
 public:
  struct Outcome {
    bool progressed = false;
    // kDataLoss: stored bytes do not read back; what could be done without them was done.
    absl::Status damage;
  };

  // Borrows both.
  LogReader(eventstore::EventStore& store, const PlaceIndex& places)
      : store_(store), places_(places) {}

  // Offers the ledger the next events of its shard, as far as it wants some and it is known whether
  // they are wanted. Damage: it goes no further. `pages` is the ledger's alone.
  [[nodiscard]] absl::StatusOr<Outcome> ReadOn(const Selection& selection, Shard shard,
                                               PageSize& pages, ShardLedger& ledger);
  // Finds the next events of held cases, of some at a time. Damage: of some of these.
  [[nodiscard]] absl::StatusOr<Outcome> LookUp(const Selection& selection, Shard shard,
                                               ShardLedger& ledger);

 private:
  // The event, if the selection wants it.
  absl::StatusOr<EventPtr> Select(const Selection& selection,
                                  const eventstore::StoredCommit& stored, std::size_t index) const;
  // What the look is for; null: there is none.
  absl::StatusOr<EventPtr> FindNext(const Selection& selection,
                                    const ShardLedger::Look& look) const;

  eventstore::EventStore& store_;
  const PlaceIndex& places_;
};

}  // namespace apdr::subscription
