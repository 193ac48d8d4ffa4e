#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/wakeup.h"
#include "engine/base/worker.h"

namespace apdr::host {

// The exit code of a process that stopped itself because it could not go on safely (EX_SOFTWARE).
inline constexpr int kFailStopExitCode = 70;

struct LoopOptions {
  std::string name;  // Of the thread, and in the log; at most 15 characters.
  // An idle worker is asked again after this: at once when its wakeup is notified, else after a
  // wait that doubles from min to max.
  absl::Duration idle_min = absl::Milliseconds(1);
  absl::Duration idle_max = absl::Milliseconds(100);
  // After a step that did something the next one waits as long, so that what comes in meanwhile is
  // done in one go: for work whose price is per step more than per item.
  absl::Duration pace = absl::ZeroDuration();
  // Longest wait between two tries of a worker that is kUnavailable.
  absl::Duration retry_max = absl::Seconds(5);
  // Scheduling of the thread: 0 as the process, 19 last. Loops behind the log give way to commands.
  int nice = 0;
};

// Called in the loop's thread when its worker failed; the loop ends when it returns.
using FailureHook = std::function<void(std::string_view loop, const absl::Status&)>;

// Logs, then ends the process at once with kFailStopExitCode: no destructor runs, nothing more is
// written. Restart recovers.
void FailStop(std::string_view loop, const absl::Status& failure);

// A thread that drives one worker until it is stopped: the only place where background work waits.
class WorkerLoop {
 public:
  // Starts at once. `worker` and `wakeup` (may be null) are borrowed until Stop has returned.
  WorkerLoop(Worker& worker, Wakeup* wakeup, LoopOptions options, FailureHook on_failure);
  ~WorkerLoop();
  WorkerLoop(const WorkerLoop&) = delete;
  WorkerLoop& operator=(const WorkerLoop&) = delete;

  // Lets the step under way end, then joins. May be called again.
  void Stop();

 private:
  void Run(const std::stop_token& stop);

  Worker& worker_;
  Wakeup* const wakeup_;
  const LoopOptions options_;
  const FailureHook on_failure_;
  Wakeup stopping_;
  std::jthread thread_;  // Last: it uses all of the above.
};

}  // namespace apdr::host
