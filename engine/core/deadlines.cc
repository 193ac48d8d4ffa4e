#include "engine/core/deadlines.h"

#include <algorithm>
#include <utility>

namespace apdr::core {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

}  // namespace

DeadlineLedger::DeadlineLedger(const Workflow& workflow, const State& state, const Context& context)
    : workflow_(workflow), state_(state), context_(context) {
  for (const auto& [key, running] : state.deadlines) running_.emplace(key, running.deadline);
}

void DeadlineLedger::Apply(Event& event) {
  const std::string_view type = event.payload->type();
  for (const TimerSpec* timer : workflow_.TimersTouchedBy(type)) {
    const TimerInput input{.state = state_, .event = event, .context = context_};
    const bool starts =
        Contains(timer->starts_on, type) && (!timer->starts || timer->starts(input));
    const bool stops = Contains(timer->stops_on, type) && (!timer->stops || timer->stops(input));
    if (!starts && !stops) continue;
    Stop(*timer, timer->subject ? timer->subject(input) : std::nullopt, event);
    if (starts) Start(*timer, event);
  }
}

void DeadlineLedger::Stop(const TimerSpec& timer, const std::optional<std::string>& subject,
                          Event& event) {
  std::erase_if(running_, [&](const auto& entry) {
    if (entry.second.timer != timer.id) return false;
    if (subject && entry.second.subject != *subject) return false;
    event.deadlines_stopped.push_back(entry.second);
    return true;
  });
}

void DeadlineLedger::Start(const TimerSpec& timer, Event& event) {
  const TimerInput input{.state = state_, .event = event, .context = context_};
  for (Deadline& deadline : timer.start(input)) {
    const absl::Time fires_at =
        HourOf(deadline.fires_on, kDeadlineHour, workflow_.definition().zone);
    deadline.past_when_recorded = fires_at <= context_.now;
    if (deadline.reminder && deadline.past_when_recorded)
      continue;  // A reminder of yesterday helps nobody.
    running_.insert_or_assign(deadline.Key(), deadline);
    event.deadlines_started.push_back(std::move(deadline));
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
