#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/id_source.h"
#include "engine/base/wakeup.h"
#include "engine/base/worker.h"
#include "engine/core/command.h"
#include "engine/core/next_actions.h"
#include "engine/core/rejection.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"
#include "eventstore/snapshot_store.h"

namespace apdr::command {

// One command on its way, parsed and shape-checked.
struct Request {
  StreamId stream;
  RequestId request_id;
  eventstore::RequestDigest digest{};  // Of the content, so that a repeat is told from a reuse.
  // A domain command, or (with a null payload) the deadline to fire.
  core::Command command;
  std::string deadline_key;
  core::Actor actor;
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;
  bool preview = false;   // Decide, write nothing.
  std::size_t bytes = 0;  // About what it occupies, for the queue's limit.
  // Whether the caller has gone, so that nothing needs to be decided; asked until `done` is called.
  // May be empty.
  std::function<bool()> abandoned;
};

// A command accepted, durable unless previewed.
struct Accepted {
  CaseId case_id;
  CaseVersion version;  // Of the case afterwards.
  Shard shard;
  // Of the last event, the others right before it; 0 with no events (where the case stands in its
  // shard is then unknown) and in a preview.
  Position position;
  std::vector<std::string> events;  // As stored: envelopes without their place.
  std::vector<core::Warning> warnings;
  std::vector<core::Deadline> deadlines;  // Running afterwards; only of a preview.
  std::vector<core::NextAction> next_actions;
  Date today;  // On which next actions were overdue or not.
  bool repeated_request = false;
};

// kUnavailable: not done, repeat; kResourceExhausted: the queue is full; kCancelled: not done, the
// caller had gone; kDataLoss, kInternal: the store failed, the outcome is unknown and the process
// stops.
using Outcome = std::variant<Accepted, core::Rejection, absl::Status>;
using Callback = absl::AnyInvocable<void(Outcome)>;

struct HandlerOptions {
  // Commands waiting, and their bytes; beyond either kResourceExhausted.
  std::size_t queue_max = 16384;
  std::size_t queue_bytes_max = std::size_t{256} << 20;
  std::size_t batch_commands_max = 1024;  // Commands decided into one write.
  std::size_t batch_bytes_max = 4U << 20;
  std::size_t cached_cases_max = 200000;  // States kept in memory.
  std::size_t snapshot_every = 128;  // Events replayed by a cold load before it leaves a snapshot.
  // No event is recorded earlier: the newest recorded time of the store, so that recorded times
  // never go back, though the machine's clock may.
  absl::Time recorded_not_before = absl::InfinitePast();
};

// Decides commands, one after the other, and appends what they change: the one writer of the store.
//
// Submit is thread-safe. The work is done by two workers, each driven by one thread at a time (or
// both by one): `decider` takes what is queued, decides it against states in memory and puts it
// into the open batch; `committer` takes that batch and appends it (one sync); the decider answers
// it then. So a batch is what was decided while the last one was being synced, as far as it holds;
// what has not been synced is never answered or read. After a failed append nothing is done any
// more (fail-stop).
class CommandHandler {
 public:
  // All borrowed for the handler's lifetime. `snapshots` may be null.
  struct Parts {
    const core::Workflow& workflow;
    eventstore::EventStore& store;
    eventstore::SnapshotStore* snapshots;
    const Clock& clock;
    IdSource& ids;
  };

  CommandHandler(const Parts& parts, const HandlerOptions& options);
  ~CommandHandler();
  CommandHandler(const CommandHandler&) = delete;
  CommandHandler& operator=(const CommandHandler&) = delete;

  // Queues a command. `done` is called exactly once, from the decider's thread, after a failed
  // append from the committer's or, when the queue is full, from the caller's. It must not block.
  void Submit(Request request, Callback done);

  [[nodiscard]] Worker& decider();
  [[nodiscard]] Worker& committer();
  // Notified when the worker has something to do.
  [[nodiscard]] Wakeup& decider_wakeup();
  [[nodiscard]] Wakeup& committer_wakeup();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Submits and drives both workers in the caller's thread until the answer is there: for the
// simulator, scenarios and tests, where no thread runs the handler.
[[nodiscard]] Outcome ExecuteInline(CommandHandler& handler, Request request);

}  // namespace apdr::command
