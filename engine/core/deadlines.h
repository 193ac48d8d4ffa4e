#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/core/event.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"

namespace apdr::core {

// The deadlines of a case while the events of one command are being decided, so that a later event
// of the command sees what an earlier one started. Borrows all three for its lifetime.
class DeadlineLedger {
 public:
  DeadlineLedger(const Workflow& workflow, const State& state, const Context& context);

  // Writes into `event` the deadlines it stops and starts by the timer table.
  void Apply(Event& event);

 private:
  // What runs; copied from the state for the first event that touches a timer: most touch none.
  [[nodiscard]] std::map<std::string, Deadline>& Running();
  void Stop(const TimerSpec& timer, const std::optional<std::string>& subject, Event& event);
  void Start(const TimerSpec& timer, Event& event);
  void Pause(const TimerSpec& timer, Event& event);
  void Resume(const TimerSpec& timer, Event& event);
  void Recount(const TimerSpec& timer, Event& event);
  void RunAgain(Deadline deadline, Event& event);
  void Run(Deadline deadline, Event& event);

  const Workflow& workflow_;
  const State& state_;
  const Context& context_;
  std::optional<std::map<std::string, Deadline>> running_;
};

// Puts aside the deadlines that an event pauses, and lets go of those that it resumes. Used by
// every fold, before EvolveDeadlines.
void PauseDeadlines(State& state, const Event& event);

// Applies what an event says about deadlines to the running ones. Used by every fold.
void EvolveDeadlines(std::map<std::string, RunningDeadline>& deadlines, const Event& event);

}  // namespace apdr::core
