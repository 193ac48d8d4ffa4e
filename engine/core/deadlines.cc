#include "engine/core/deadlines.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace apdr::core {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

}  // namespace

DeadlineLedger::DeadlineLedger(const Workflow& workflow, const State& state, const Context& context)
    : workflow_(workflow), state_(state), context_(context) {}

std::map<std::string, Deadline>& DeadlineLedger::Running() {
  if (!running_) {
    running_.emplace();
    for (const auto& [key, running] : state_.deadlines) running_->emplace(key, running.deadline);
  }
  return *running_;
}

void DeadlineLedger::Apply(Event& event) {
  const std::string_view type = event.payload->type();
  for (const TimerSpec* timer : workflow_.TimersTouchedBy(type)) {
    const TimerInput input{.state = state_, .event = event, .context = context_};
    const bool starts =
        Contains(timer->starts_on, type) && (!timer->starts || timer->starts(input));
    const bool stops = Contains(timer->stops_on, type) && (!timer->stops || timer->stops(input));
    if (Contains(timer->pauses_on, type)) Pause(*timer, event);
    if (Contains(timer->resumes_on, type)) Resume(*timer, event);
    if (!starts && !stops && Contains(timer->recounts_on, type)) Recount(*timer, event);
    if (!starts && !stops) continue;
    Stop(*timer, timer->subject ? timer->subject(input) : std::nullopt, event);
    if (starts) Start(*timer, event);
  }
}

void DeadlineLedger::Stop(const TimerSpec& timer, const std::optional<std::string>& subject,
                          Event& event) {
  // Usually there is none, and then nothing is copied.
  const auto is_of_timer = [&](const auto& entry) {
    return entry.second.deadline.timer == timer.id;
  };
  if (!running_ && std::ranges::none_of(state_.deadlines, is_of_timer)) return;
  std::erase_if(Running(), [&](const auto& entry) {
    if (entry.second.timer != timer.id) return false;
    if (subject && entry.second.subject != *subject) return false;
    event.deadlines_stopped.push_back(entry.second);
    return true;
  });
}

void DeadlineLedger::Start(const TimerSpec& timer, Event& event) {
  const TimerInput input{.state = state_, .event = event, .context = context_};
  for (Deadline& deadline : timer.start(input)) Run(std::move(deadline), event);
}

void DeadlineLedger::Pause(const TimerSpec& timer, Event& event) {
  const std::size_t before = event.deadlines_stopped.size();
  Stop(timer, std::nullopt, event);
  for (std::size_t i = before; i < event.deadlines_stopped.size(); ++i) {
    event.deadlines_paused.push_back(event.deadlines_stopped[i]);
  }
}

void DeadlineLedger::Resume(const TimerSpec& timer, Event& event) {
  for (const auto& [key, paused] : state_.paused) {
    if (paused.deadline.timer != timer.id) continue;
    if (paused.fired) {
      Run(paused.deadline, event);
    } else {
      RunAgain(paused.deadline, event);
    }
  }
}

void DeadlineLedger::Recount(const TimerSpec& timer, Event& event) {
  const TimerInput input{.state = state_, .event = event, .context = context_};
  std::vector<Deadline> changed;
  std::erase_if(Running(), [&](const auto& entry) {
    if (entry.second.timer != timer.id || entry.second.days_counted == 0) return false;
    const auto known = state_.deadlines.find(entry.first);
    if (known != state_.deadlines.end() && known->second.fired) return false;
    Deadline recounted = timer.recount(entry.second, input);
    if (recounted == entry.second) return false;
    changed.push_back(std::move(recounted));
    event.deadlines_stopped.push_back(entry.second);
    return true;
  });
  for (Deadline& deadline : changed) RunAgain(std::move(deadline), event);
}

// What came due in between is reported tomorrow; what was past from the first stays so.
void DeadlineLedger::RunAgain(Deadline deadline, Event& event) {
  if (!deadline.reminder && !deadline.past_when_recorded) {
    deadline.fires_on = std::max(deadline.fires_on, context_.today + 1);
  }
  Run(std::move(deadline), event);
}

void DeadlineLedger::Run(Deadline deadline, Event& event) {
  const absl::Time fires_at = HourOf(deadline.fires_on, kDeadlineHour, workflow_.definition().zone);
  deadline.past_when_recorded = fires_at <= context_.now;
  // A reminder of yesterday helps nobody.
  if (deadline.reminder && deadline.past_when_recorded) return;
  Running().insert_or_assign(deadline.Key(), deadline);
  event.deadlines_started.push_back(std::move(deadline));
}

void PauseDeadlines(State& state, const Event& event) {
  for (const Deadline& started : event.deadlines_started) state.paused.erase(started.Key());
  for (const Deadline& paused : event.deadlines_paused) {
    const auto running = state.deadlines.find(paused.Key());
    if (running != state.deadlines.end())
      state.paused.insert_or_assign(running->first, running->second);
  }
}

void EvolveDeadlines(std::map<std::string, RunningDeadline>& deadlines, const Event& event) {
  for (const Deadline& stopped : event.deadlines_stopped) deadlines.erase(stopped.Key());
  for (const Deadline& started : event.deadlines_started) {
    deadlines.insert_or_assign(started.Key(), RunningDeadline{.deadline = started, .fired = false});
  }
  if (event.deadline_fired.empty()) return;
  const auto fired = deadlines.find(event.deadline_fired);
  if (fired == deadlines.end()) return;
  if (fired->second.deadline.reminder) {
    deadlines.erase(fired);
  } else {
    fired->second.fired = true;
  }
}

}  // namespace apdr::core
