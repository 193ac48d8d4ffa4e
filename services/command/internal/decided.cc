#include "services/command/internal/decided.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/core/evolve.h"
#include "engine/core/next_actions.h"

namespace apdr::command {
namespace {

eventstore::Timer ToTimer(const core::Workflow& workflow, const core::Deadline& deadline) {
  return {.fires_at = HourOf(deadline.fires_on, core::kDeadlineHour, workflow.definition().zone),
          .key = deadline.Key()};
}

}  // namespace

void CollectTimers(const core::Workflow& workflow, const core::State& state,
                   const std::vector<core::Event>& events, eventstore::Commit& commit) {
  std::map<std::string, eventstore::Timer> started;
  for (const core::Event& event : events) {
    for (const core::Deadline& deadline : event.deadlines_stopped) {
      started.erase(deadline.Key());
      if (state.deadlines.contains(deadline.Key())) {
        commit.timers_stopped.push_back(ToTimer(workflow, deadline));
      }
    }
    for (const core::Deadline& deadline : event.deadlines_started) {
      if (!deadline.past_when_recorded) started[deadline.Key()] = ToTimer(workflow, deadline);
    }
    const auto fired = state.deadlines.find(event.deadline_fired);
    if (fired != state.deadlines.end()) {
      commit.timers_stopped.push_back(ToTimer(workflow, fired->second.deadline));
    }
  }
  for (auto& [key, timer] : started) commit.timers_started.push_back(std::move(timer));
}

CommitBuilder::CommitBuilder(const core::Workflow& workflow, IdSource& ids)
    : workflow_(workflow), ids_(ids) {}

Decided CommitBuilder::Build(core::State& state, Request&& request,
                             const std::vector<core::Event>& events, absl::Time recorded_at) {
  Decided decided;
  eventstore::Commit& commit = decided.commit;
  commit.first_version = CaseVersion(state.version.value() + 1);
  commit.request_digest = request.digest;
  commit.recorded_at = recorded_at;
  CollectTimers(workflow_, state, events, commit);
  commit.events.reserve(events.size());
  header_.stream = request.stream;
  header_.actor = request.actor;
  header_.recorded_at = recorded_at;
  header_.request_id = request.request_id;
  header_.correlation_id = request.correlation_id;
  header_.causation_id = request.causation_id;
  header_.traceparent = request.traceparent;
  commit.stream = std::move(request.stream);
  commit.request_id = std::move(request.request_id);
  for (const core::Event& event : events) {
    header_.event_id = ids_.NextUuid();
    header_.version = CaseVersion(state.version.value() + 1);
    commit.events.push_back(encoder_.Encode(header_, event));
    decided.accepted.warnings.insert(decided.accepted.warnings.end(), event.warnings.begin(),
                                     event.warnings.end());
    core::Evolve(workflow_, state, event);
  }
  return decided;
}

absl::StatusOr<Accepted> AnswerAgain(eventstore::StoredCommit stored) {
  Accepted accepted;
  accepted.version = stored.last_version();
  accepted.shard = stored.place.shard;
  accepted.position = stored.last_position();
  accepted.repeated_request = true;
  for (const std::string& bytes : stored.commit.events) {
    APDR_ASSIGN_OR_RETURN(codec::RecordedEvent recorded, codec::DecodeEvent(bytes));
    std::ranges::move(recorded.event.warnings, std::back_inserter(accepted.warnings));
  }
  accepted.case_id = std::move(stored.commit.stream.case_id);
  accepted.events = std::move(stored.commit.events);
  return accepted;
}

void DescribeState(const core::Workflow& workflow, const core::State& state, Date today,
                   bool preview, Accepted& accepted) {
  accepted.version = state.version;
  accepted.today = today;
  if (preview) {
    for (const auto& [key, running] : state.deadlines) {
      accepted.deadlines.push_back(running.deadline);
    }
  }
  accepted.next_actions = core::NextActions(workflow, state);
}

}  // namespace apdr::command
