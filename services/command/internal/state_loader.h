#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "engine/codec/event_codec.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"
#include "eventstore/snapshot_store.h"

namespace apdr::command {

inline constexpr CaseVersion kNewestVersion{std::numeric_limits<std::uint64_t>::max()};

// Folds a case from the store: newest fitting snapshot, then the log behind it. Thread-safe.
class StateLoader {
 public:
  // Borrows all; `snapshots` may be null. A load that replays `snapshot_every` events or more
  // leaves a snapshot.
  StateLoader(const core::Workflow& workflow, eventstore::EventStore& store,
              eventstore::SnapshotStore* snapshots, std::size_t snapshot_every);

  // The case as it was at `until`, or as it is. An unknown case is a new state at version 0.
  [[nodiscard]] absl::StatusOr<core::State> Load(const StreamId& stream,
                                                 CaseVersion until = kNewestVersion) const;

  // Folds what the store has after state.version into `state`, up to `until`. Returns how many
  // events that were.
  [[nodiscard]] absl::StatusOr<std::size_t> CatchUp(const StreamId& stream, core::State& state,
                                                    CaseVersion until = kNewestVersion) const;

  // Those of a case's events that have one of these ids, by id.
  [[nodiscard]] absl::StatusOr<std::map<std::string, core::PayloadPtr>> FindEvents(
      const StreamId& stream, const std::vector<std::string>& ids) const;

 private:
  // Calls `visit` with each event after `after`, oldest first, and its version, until it returns
  // false.
  using Visit = absl::FunctionRef<bool(CaseVersion, const codec::RecordedEvent&)>;
  [[nodiscard]] absl::Status ReadEvents(const StreamId& stream, CaseVersion after,
                                        CaseVersion until, Visit visit) const;
  [[nodiscard]] absl::StatusOr<core::State> Start(const StreamId& stream, CaseVersion until) const;

  const core::Workflow& workflow_;
  eventstore::EventStore& store_;
  eventstore::SnapshotStore* const snapshots_;
  const std::size_t snapshot_every_;
};

}  // namespace apdr::command
