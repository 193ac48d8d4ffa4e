#include "services/timer/timer_worker.h"

#include <atomic>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/status_macros.h"

namespace apdr::timer {
namespace {

using TimerName = std::tuple<TenantId, CaseId, std::string, absl::Time>;

TimerName NameOf(const eventstore::DueTimer& due) {
  return {due.stream.tenant, due.stream.case_id, due.timer.key, due.timer.fires_at};
}

// Whether the next answer may be another one: the server was busy or about to stop.
bool MayBeAskedAgain(const command::Outcome& outcome) {
  const auto* failed = std::get_if<absl::Status>(&outcome);
  return failed != nullptr && (absl::IsUnavailable(*failed) || absl::IsResourceExhausted(*failed));
}

}  // namespace

struct TimerWorker::Progress {
  std::atomic<std::size_t> outstanding = 0;
  std::atomic<std::size_t> fired = 0;
  absl::Mutex mutex;
  // In the index, yet with nothing to report: each with when it was asked about.
  std::map<TimerName, absl::Time> spent ABSL_GUARDED_BY(mutex);

  void Take(const TimerName& timer, absl::Time asked, const command::Outcome& outcome) {
    const auto* accepted = std::get_if<command::Accepted>(&outcome);
    if (accepted != nullptr && !accepted->events.empty() && !accepted->repeated_request) {
      fired.fetch_add(1);
    } else if (!MayBeAskedAgain(outcome)) {
      const absl::MutexLock lock(&mutex);
      spent.insert_or_assign(timer, asked);
    }
    outstanding.fetch_sub(1);
  }

  std::size_t SpentCount() {
    const absl::MutexLock lock(&mutex);
    return spent.size();
  }

  // Leaves out what is spent; forgets what is no longer due or was asked about long ago.
  void DropSpent(std::vector<eventstore::DueTimer>& due, absl::Time now) {
    const absl::MutexLock lock(&mutex);
    std::map<TimerName, absl::Time> still_there;
    std::erase_if(due, [&](const eventstore::DueTimer& timer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
      auto found = spent.extract(NameOf(timer));
      if (found.empty() || now - found.mapped() >= kAskAgainAfter) return false;
      still_there.insert(std::move(found));
      return true;
    });
    spent = std::move(still_there);
  }
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
  const absl::Time now = clock_.Now();
  APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::DueTimer> due, FindDue(now));
  if (due.empty()) return StepResult::kIdle;
  progress_->outstanding.store(due.size());
  for (const eventstore::DueTimer& timer : due) {
    handler_.Submit(MakeDeadlineRequest(timer),
                    [progress = progress_, name = NameOf(timer),
                     now](const command::Outcome& outcome) { progress->Take(name, now, outcome); });
  }
  return StepResult::kProgressed;
}

absl::StatusOr<std::vector<eventstore::DueTimer>> TimerWorker::FindDue(absl::Time now) {
  APDR_ASSIGN_OR_RETURN(std::vector<eventstore::DueTimer> due,
                        store_.DueTimers(now, kTimersPerStep + progress_->SpentCount()));
  progress_->DropSpent(due, now);
  if (due.size() > kTimersPerStep) due.resize(kTimersPerStep);
  return due;
}

std::size_t TimerWorker::fired() const { return progress_->fired.load(); }

}  // namespace apdr::timer
