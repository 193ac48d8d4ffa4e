#include "services/host/worker_loop.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace apdr::host {
namespace {

// Answers from a list, then idles; lets the test wait for a number of steps.
class ScriptedWorker final : public Worker {
 public:
  explicit ScriptedWorker(std::vector<absl::StatusOr<StepResult>> answers)
      : answers_(std::move(answers)) {}

  absl::StatusOr<StepResult> Step() override {
    const absl::MutexLock lock(&mutex_);
    ++steps_;
    if (next_ == answers_.size()) return StepResult::kIdle;
    return answers_[next_++];
  }

  void AwaitSteps(int count) {
    const absl::MutexLock lock(&mutex_);
    wanted_ = count;
    mutex_.Await(absl::Condition(this, &ScriptedWorker::Reached));
  }

  int steps() {
    const absl::MutexLock lock(&mutex_);
    return steps_;
  }

 private:
  [[nodiscard]] bool Reached() const { return steps_ >= wanted_; }

  absl::Mutex mutex_;
  const std::vector<absl::StatusOr<StepResult>> answers_;
  std::size_t next_ = 0;
  int steps_ = 0;
  int wanted_ = 0;
};

LoopOptions Quick() {
  return {.name = "test",
          .idle_min = absl::Microseconds(1),
          .idle_max = absl::Microseconds(10),
          .retry_max = absl::Microseconds(10)};
}

// A worker of which no failure is expected.
void NoFailure(std::string_view, const absl::Status& failure) { ADD_FAILURE() << failure; }

TEST(WorkerLoop, StepsUntilStopped) {
  ScriptedWorker worker({StepResult::kProgressed, StepResult::kIdle, StepResult::kProgressed});
  WorkerLoop loop(worker, nullptr, Quick(), NoFailure);

  worker.AwaitSteps(10);
  loop.Stop();

  const int steps = worker.steps();
  loop.Stop();
  EXPECT_EQ(worker.steps(), steps);
}

TEST(WorkerLoop, StopsAtOnceInsideItsPace) {
  ScriptedWorker worker({StepResult::kProgressed, StepResult::kProgressed});
  LoopOptions options = Quick();
  options.pace = absl::Hours(1);  // Only Stop ends this test.
  WorkerLoop loop(worker, nullptr, options, NoFailure);
  worker.AwaitSteps(1);

  loop.Stop();

  EXPECT_LE(worker.steps(), 2);
}

TEST(WorkerLoop, TriesAgainWhileTheWorkerIsUnavailable) {
  ScriptedWorker worker({absl::UnavailableError("broker away"), absl::UnavailableError("still"),
                         StepResult::kProgressed});
  WorkerLoop loop(worker, nullptr, Quick(), NoFailure);

  worker.AwaitSteps(5);
}

TEST(WorkerLoop, ReportsAnyOtherErrorOnceAndEnds) {
  ScriptedWorker worker({StepResult::kProgressed, absl::DataLossError("sync failed")});
  absl::Notification failed;
  std::string name;
  absl::Status failure;
  WorkerLoop loop(worker, nullptr, Quick(), [&](std::string_view loop_name, const absl::Status& s) {
    name = std::string(loop_name);
    failure = s;
    failed.Notify();  // A second report would abort.
  });

  failed.WaitForNotification();
  loop.Stop();

  EXPECT_EQ(worker.steps(), 2);
  EXPECT_EQ(name, "test");
  EXPECT_EQ(failure, absl::DataLossError("sync failed"));
}

TEST(WorkerLoop, WakesAnIdleWorkerWhenNotified) {
  ScriptedWorker worker({});
  Wakeup wakeup;
  LoopOptions options = Quick();
  options.idle_max = absl::Hours(1);  // Only a notification ends this test.
  WorkerLoop loop(worker, &wakeup, options, NoFailure);
  worker.AwaitSteps(1);

  wakeup.Notify();
  worker.AwaitSteps(2);
  loop.Stop();
}

TEST(FailStopDeathTest, EndsTheProcessWithItsExitCode) {
  EXPECT_EXIT(FailStop("committer", absl::DataLossError("sync failed")),
              ::testing::ExitedWithCode(kFailStopExitCode), "event=fail_stop.*loop=committer");
}

}  // namespace
}  // namespace apdr::host
