#include "services/host/worker_loop.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "engine/base/check.h"
#include "services/host/backoff.h"
#include "services/host/log.h"

namespace apdr::host {
namespace {

constexpr std::size_t kThreadNameMax = 15;  // Linux, without the final zero.

void PrepareThread(const LoopOptions& options) {
  pthread_setname_np(pthread_self(), options.name.c_str());
  if (options.nice == 0) return;
  // On Linux a thread has a nice value of its own. Refusal changes speed, not meaning.
  const auto thread_id = static_cast<id_t>(syscall(SYS_gettid));
  if (setpriority(PRIO_PROCESS, thread_id, options.nice) != 0) {
    Log(LogLevel::kDebug, "loop_nice_refused", {{"loop", options.name}});
  }
}

}  // namespace

void FailStop(std::string_view loop, const absl::Status& failure) {
  Log(LogLevel::kError, "fail_stop",
      {{"loop", std::string(loop)},
       {"code", absl::StatusCodeToString(failure.code())},
       {"reason", std::string(failure.message())}});
  std::_Exit(kFailStopExitCode);
}

WorkerLoop::WorkerLoop(Worker& worker, Wakeup* wakeup, LoopOptions options, FailureHook on_failure)
    : worker_(worker),
      wakeup_(wakeup),
      options_(std::move(options)),
      on_failure_(std::move(on_failure)) {
  APDR_CHECK(options_.name.size() <= kThreadNameMax);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

WorkerLoop::~WorkerLoop() { Stop(); }

void WorkerLoop::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  stopping_.Notify();
  if (wakeup_ != nullptr) wakeup_->Notify();
  thread_.join();
}

void WorkerLoop::Run(const std::stop_token& stop) {
  PrepareThread(options_);
  Backoff idle(options_.idle_min, options_.idle_max);
  Backoff retry(options_.idle_min, options_.retry_max);
  bool available = true;
  while (!stop.stop_requested()) {
    const absl::StatusOr<StepResult> result = worker_.Step();
    if (!result.ok() && !absl::IsUnavailable(result.status())) {
      on_failure_(options_.name, result.status());
      return;
    }
    if (result.ok() != available) {
      available = result.ok();
      Log(available ? LogLevel::kInfo : LogLevel::kWarning,
          available ? "loop_available_again" : "loop_unavailable",
          {{"loop", options_.name}, {"reason", std::string(result.status().message())}});
    }
    if (!result.ok()) {
      stopping_.Wait(retry.Next());
      continue;
    }
    retry.Reset();
    if (*result == StepResult::kProgressed) {
      idle.Reset();
      if (options_.pace > absl::ZeroDuration()) stopping_.Wait(options_.pace);
    } else if (wakeup_ != nullptr) {
      wakeup_->Wait(options_.idle_max);
    } else {
      stopping_.Wait(idle.Next());
    }
  }
}

}  // namespace apdr::host
