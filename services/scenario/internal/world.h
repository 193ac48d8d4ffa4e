#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/date.h"
#include "engine/base/id_source.h"
#include "engine/base/random.h"
#include "engine/base/settable_clock.h"
#include "engine/codec/event_codec.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/sen_module.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/command/command_handler.h"
#include "services/timer/timer_worker.h"

namespace apdr::scenario {

// A whole command role on the memory twins, in one thread under a clock that stands still until it
// is moved: the path of production without its disk and network.
class World {
 public:
  World(sen::Policy policy, Date start, StreamId main_case);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Moves to 09:00 on this date. Timers that are due before fire first, each at its own instant.
  [[nodiscard]] absl::Status AdvanceTo(Date date);

  [[nodiscard]] absl::StatusOr<command::Outcome> Execute(command::Request request);

  // Any case, folded from the store.
  [[nodiscard]] absl::StatusOr<core::State> Load(const StreamId& stream);

  // From now on, what happens there beside the main case is known too: a setting's record.
  void Watch(const StreamId& stream);
  // The events of what is watched that report deadlines.
  [[nodiscard]] absl::StatusOr<std::vector<codec::RecordedEvent>> WatchedTimers();

  // The main case as the store tells it.
  [[nodiscard]] const core::State& state() const { return state_; }
  [[nodiscard]] const std::vector<codec::RecordedEvent>& events() const { return events_; }

  // The date to which it was moved last.
  [[nodiscard]] Date today() const { return today_; }
  [[nodiscard]] const core::Workflow& workflow() const { return workflow_; }
  [[nodiscard]] const sen::SenModule& module() const { return module_; }
  [[nodiscard]] const StreamId& main_case() const { return main_case_; }

 private:
  [[nodiscard]] absl::Status FireDueTimers();
  [[nodiscard]] absl::Status CatchUp();

  const StreamId main_case_;
  sen::SenModule module_;
  core::Workflow workflow_;
  SettableClock clock_;
  Date today_;
  PseudoRandom random_;
  UuidV7Source ids_;
  eventstore::MemoryEventStore store_;
  command::CommandHandler handler_;
  timer::TimerWorker timers_;
  core::State state_;
  std::vector<codec::RecordedEvent> events_;
  std::set<StreamId> watched_;
};

}  // namespace apdr::scenario
