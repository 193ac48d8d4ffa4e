#include "services/scenario/internal/world.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/core/evolve.h"

namespace apdr::scenario {
namespace {

constexpr int kHourOfSteps = 9;
constexpr std::uint32_t kShards = 8;
constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kCommitsPerRead = 256;

// Runs a worker until it has nothing to do.
absl::StatusOr<bool> RunUntilIdle(Worker& worker) {
  bool progressed = false;
  while (true) {
    APDR_ASSIGN_OR_RETURN(const StepResult result, worker.Step());
    if (result == StepResult::kIdle) return progressed;
    progressed = true;
  }
}

}  // namespace

World::World(sen::Policy policy, Date start, StreamId main_case)
    : main_case_(std::move(main_case)),
      module_(std::move(policy)),
      workflow_(module_),
      clock_(HourOf(start, kHourOfSteps, workflow_.definition().zone)),
      today_(start),
      random_(kSeed),
      ids_(clock_, random_),
      store_(kShards),
      handler_({.workflow = workflow_,
                .store = store_,
                .snapshots = &store_,
                .clock = clock_,
                .ids = ids_},
               {}),
      timers_(clock_, store_, handler_),
      state_(workflow_.NewState()) {}

absl::Status World::AdvanceTo(Date date) {
  const absl::Time target = HourOf(date, kHourOfSteps, workflow_.definition().zone);
  std::optional<eventstore::DueTimer> last;
  while (true) {
    APDR_ASSIGN_OR_RETURN(const auto due, store_.DueTimers(target, 1));
    if (due.empty()) break;
    if (last == due.front()) {
      return absl::InternalError(absl::StrCat("Expected the timer ", due.front().timer.key,
                                              " to be done once it fired, but it is still due."));
    }
    last = due.front();
    clock_.AdvanceTo(due.front().timer.fires_at);
    APDR_RETURN_IF_ERROR(FireDueTimers());
  }
  clock_.AdvanceTo(target);
  today_ = date;
  return CatchUp();
}

absl::Status World::FireDueTimers() {
  while (true) {
    APDR_ASSIGN_OR_RETURN(const StepResult result, timers_.Step());
    APDR_ASSIGN_OR_RETURN(const bool decided, RunUntilIdle(handler_.decider()));
    APDR_ASSIGN_OR_RETURN(const bool committed, RunUntilIdle(handler_.committer()));
    if (result == StepResult::kIdle && !decided && !committed) return absl::OkStatus();
  }
}

absl::StatusOr<command::Outcome> World::Execute(command::Request request) {
  command::Outcome outcome = command::ExecuteInline(handler_, std::move(request));
  if (const auto* status = std::get_if<absl::Status>(&outcome)) return *status;
  APDR_RETURN_IF_ERROR(CatchUp());
  return outcome;
}

absl::Status World::CatchUp() {
  while (true) {
    const CaseVersion next(state_.version.value() + 1);
    APDR_ASSIGN_OR_RETURN(const auto commits, store_.ReadStream(main_case_, next, kCommitsPerRead));
    if (commits.empty()) return absl::OkStatus();
    for (const eventstore::StoredCommit& commit : commits) {
      for (const std::string& bytes : commit.commit.events) {
        APDR_ASSIGN_OR_RETURN(codec::RecordedEvent recorded, codec::DecodeEvent(bytes));
        core::Evolve(workflow_, state_, recorded.event);
        events_.push_back(std::move(recorded));
      }
    }
  }
}

void World::Watch(const StreamId& stream) { watched_.insert(stream); }

absl::StatusOr<std::vector<codec::RecordedEvent>> World::WatchedTimers() {
  std::vector<codec::RecordedEvent> timers;
  for (const StreamId& stream : watched_) {
    APDR_ASSIGN_OR_RETURN(const auto commits,
                          store_.ReadStream(stream, CaseVersion(1), kCommitsPerRead));
    for (const eventstore::StoredCommit& commit : commits) {
      for (const std::string& bytes : commit.commit.events) {
        APDR_ASSIGN_OR_RETURN(codec::RecordedEvent recorded, codec::DecodeEvent(bytes));
        if (!recorded.event.deadline_fired.empty()) timers.push_back(std::move(recorded));
      }
    }
  }
  return timers;
}

absl::StatusOr<core::State> World::Load(const StreamId& stream) {
  core::State state = workflow_.NewState();
  while (true) {
    const CaseVersion next(state.version.value() + 1);
    APDR_ASSIGN_OR_RETURN(const auto commits, store_.ReadStream(stream, next, kCommitsPerRead));
    if (commits.empty()) return state;
    for (const eventstore::StoredCommit& commit : commits) {
      for (const std::string& bytes : commit.commit.events) {
        APDR_ASSIGN_OR_RETURN(const codec::RecordedEvent recorded, codec::DecodeEvent(bytes));
        core::Evolve(workflow_, state, recorded.event);
      }
    }
  }
}

}  // namespace apdr::scenario
