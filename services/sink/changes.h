#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "apdr/sen/state/v1/copy_state.pb.h"
#include "engine/base/vocabulary.h"

namespace apdr::sink {

// How far a copy has come in one shard: everything up to `position` is in it, nothing after it.
struct Reached {
  Position position;                              // 0: nothing yet.
  std::string event_id = {};                      // Of the event there; empty: it was no event.
  absl::Time recorded_at = absl::InfinitePast();  // Of that event.

  friend bool operator==(const Reached&, const Reached&) = default;
};

// A case as it is to stand in the copy: in each table its rows take the place of all that are there
// of it, so that applying a change again does no harm.
struct CaseChange {
  sen::state::v1::CaseCopy copy;
  // Tables that have these rows of it already, by number of their field: nothing to do there.
  std::set<int> unchanged = {};
};

// What one batch of events does to the copy.
struct Changes {
  std::map<StreamId, CaseChange> cases;
  std::vector<std::pair<StreamId, sen::state::v1::CopiedEvent>> events;
  // Of these cases nothing stays, events included. Neither of the above names one.
  std::set<StreamId> erased;

  [[nodiscard]] bool empty() const { return cases.empty() && events.empty() && erased.empty(); }
};

}  // namespace apdr::sink
