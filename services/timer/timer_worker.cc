#include "services/timer/timer_worker.h"

#include <atomic>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::timer {

struct TimerWorker::Progress {
  std::atomic<std::size_t> outstanding = 0;
  std::atomic<std::size_t> fired = 0;
};

command::Request MakeDeadlineRequest(const eventstore::DueTimer& due) {
  command::Request request;
  request.stream = due.stream;
  request.request_id =
      RequestId(absl::StrCat("timer:", due.stream.case_id.value(), ":", due.timer.key, "@",
                             absl::ToUnixSeconds(due.timer.fires_at)));
  request.deadline_key = due.timer.key;
  request.actor = {.id = "apdr-timer", .role = "system", .setting_id = {}, .on_behalf_of = {}};
  return request;
}

TimerWorker::TimerWorker(const Clock& clock, eventstore::EventStore& store,
                         command::CommandHandler& handler)
    : clock_(clock), store_(store), handler_(handler), progress_(std::make_shared<Progress>()) {}

TimerWorker::~TimerWorker() = default;

absl::StatusOr<StepResult> TimerWorker::Step() {
  if (progress_->outstanding.load() > 0) return StepResult::kIdle;
  APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::DueTimer> due,
                        store_.DueTimers(clock_.Now(), kTimersPerStep));
  if (due.empty()) return StepResult::kIdle;
  progress_->outstanding.store(due.size());
  for (const eventstore::DueTimer& timer : due) {
    handler_.Submit(MakeDeadlineRequest(timer), [progress = progress_](command::Outcome outcome) {
      const auto* accepted = std::get_if<command::Accepted>(&outcome);
      if (accepted != nullptr && !accepted->events.empty() && !accepted->repeated_request) {
        progress->fired.fetch_add(1);
      }
      progress->outstanding.fetch_sub(1);
    });
  }
  return StepResult::kProgressed;
}

std::size_t TimerWorker::fired() const { return progress_->fired.load(); }

}  // namespace apdr::timer
