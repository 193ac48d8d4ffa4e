#pragma once

#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apdr/event/v1/event.pb.h"
#include "apdr/subscription/v1/row.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/base/worker.h"
#include "engine/codec/place_change.h"
#include "eventstore/event_store.h"
#include "services/readmodel/read_model.h"
#include "services/subscription/pages.h"

namespace apdr::subscription {

// Where each case was at each position of the log, folded from the log: the same answer whenever
// it is asked. One thread.
class PlaceIndex {
 public:
  // Borrows both.
  PlaceIndex(eventstore::EventStore& store, readmodel::ReadModel& model,
             codec::PlaceFinder find_place);

  // Reads how far it is. Errors of the model as they are.
  [[nodiscard]] absl::Status Load();
  // Folds the next events of every shard. A shard of which an event does not read back stays where
  // it is, see damage(); the others go on.
  [[nodiscard]] absl::StatusOr<StepResult> Step();
  // Up to where the shard is folded.
  [[nodiscard]] Position known(Shard shard) const { return known_.at(shard.value()); }
  // kDataLoss: why the shard is folded no further than known().
  [[nodiscard]] const absl::Status& damage(Shard shard) const { return damage_.at(shard.value()); }
  // Where the case was once the event at `position` had happened; empty: not known. REQUIRES:
  // position <= known().
  [[nodiscard]] absl::StatusOr<v1::CasePlace> PlaceAt(const StreamId& stream,
                                                      Position position) const;

 private:
  using Changed = std::map<StreamId, v1::CasePlace>;  // In one page.

  absl::Status FoldShard(Shard shard, readmodel::Write& write);
  absl::Status FoldEvent(const event::v1::Event& event, Position position, Changed& changed,
                         readmodel::Write& write) const;

  eventstore::EventStore& store_;
  readmodel::ReadModel& model_;
  const codec::PlaceFinder find_place_;
  // By shard.
  std::vector<Position> known_;
  std::vector<absl::Status> damage_;
  std::vector<PageSize> pages_;
};

}  // namespace apdr::subscription
