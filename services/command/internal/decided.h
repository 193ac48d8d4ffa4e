#pragma once

#include <vector>

#include "engine/base/id_source.h"
#include "engine/codec/event_codec.h"
#include "engine/core/event.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"
#include "services/command/command_handler.h"

namespace apdr::command {

// An accepted command before it is durable: what to write, and what to answer then together with
// the commit's case id and events.
struct Decided {
  eventstore::Commit commit;
  Accepted accepted;
};

// Turns the events of a decision into the commit and the answer. Not thread-safe.
class CommitBuilder {
 public:
  // Borrows both.
  CommitBuilder(const core::Workflow& workflow, IdSource& ids);

  // Also folds the events into `state`. `recorded_at` and ids come from outside: the decision
  // itself knows neither. Takes the case's and the request's ids out of `request`.
  [[nodiscard]] Decided Build(core::State& state, Request&& request,
                              const std::vector<core::Event>& events, absl::Time recorded_at);

 private:
  const core::Workflow& workflow_;
  IdSource& ids_;
  codec::EventHeader header_;  // Each event's in turn.
  codec::EventEncoder encoder_;
};

// The timers that the events start and stop in the store's index; `state` is the case before them.
void CollectTimers(const core::Workflow& workflow, const core::State& state,
                   const std::vector<core::Event>& events, eventstore::Commit& commit);

// The answer to a repeated request, from what it wrote. kDataLoss: an event does not read back.
[[nodiscard]] absl::StatusOr<Accepted> AnswerAgain(eventstore::StoredCommit stored);

// Fills what an answer says about the case as it is in `state`; the running deadlines only for a
// preview, which is the one answer that shows them.
void DescribeState(const core::Workflow& workflow, const core::State& state, Date today,
                   bool preview, Accepted& accepted);

}  // namespace apdr::command
