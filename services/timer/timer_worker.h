#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/worker.h"
#include "eventstore/event_store.h"
#include "services/command/command_handler.h"

namespace apdr::timer {

// Deadlines handled by one step; bounds the work between two looks at the clock.
inline constexpr std::size_t kTimersPerStep = 256;

// Until a timer that had nothing to report is asked about again.
inline constexpr absl::Duration kAskAgainAfter = absl::Hours(1);

// The command that reports a due timer. Its request id is made of case, timer, due date and
// instant, so that firing again finds the first answer and writes nothing.
[[nodiscard]] command::Request MakeDeadlineRequest(const eventstore::DueTimer& due);

// Finds due timers in the log's own index and sends the command that reports each. Idempotent per
// case, timer and due date: the request id is made of them, so a restart or a second worker fires
// nothing twice. A timer that is answered with no new event (it was reported before, the policy no
// longer has it, or its case does not read back) is asked about again after kAskAgainAfter: the
// machine's clock may have been set back between the look and the decision.
class TimerWorker final : public Worker {
 public:
  // Borrows all three. A step with answers outstanding is idle: it waits for them before it looks
  // again.
  TimerWorker(const Clock& clock, eventstore::EventStore& store, command::CommandHandler& handler);
  ~TimerWorker() override;

  // kIdle: nothing is due, or answers are awaited.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

  // Deadlines reported since the start.
  [[nodiscard]] std::size_t fired() const;

 private:
  struct Progress;

  [[nodiscard]] absl::StatusOr<std::vector<eventstore::DueTimer>> FindDue(absl::Time now);

  const Clock& clock_;
  eventstore::EventStore& store_;
  command::CommandHandler& handler_;
  std::shared_ptr<Progress> progress_;  // Shared with the callbacks of commands under way.
};

}  // namespace apdr::timer
