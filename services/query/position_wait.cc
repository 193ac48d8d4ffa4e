#include "services/query/position_wait.h"

#include <grpcpp/alarm.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace apdr::query {
namespace {

// One wait. The alarm ends it, always: by itself when the time is over, or rung early when the
// position is reached. Owns itself until it has ended: gRPC keeps the alarm's function for as long
// as the alarm is there, so a function that owned the wait, which owns the alarm, would keep both
// for ever. Start and the board's callback are the other owners, while they run or wait.
class Wait : public std::enable_shared_from_this<Wait> {
 public:
  Wait(projection::ProgressBoard& board, std::function<void()> then)
      : board_(board), then_(std::move(then)) {}

  void Start(Shard shard, Position position, gpr_timespec until) {
    const std::shared_ptr<Wait> self = shared_from_this();
    {
      const absl::MutexLock lock(&mutex_);
      self_ = self;
    }
    alarm_.Set(until, [this](bool) { End(); });
    const projection::ProgressBoard::Ticket ticket =
        board_.Await(shard, position, [self] { self->alarm_.Cancel(); });
    bool ended = false;
    {
      const absl::MutexLock lock(&mutex_);
      ticket_ = ticket;
      ended = ended_;
    }
    if (ended) board_.Cancel(ticket);
  }

 private:
  // Called by the alarm, once. What it runs in may go with `self`: gRPC holds its own part of a
  // running alarm.
  void End() {
    std::shared_ptr<Wait> self;  // Outlives the lock, and the board's callback, dropped under one.
    projection::ProgressBoard::Ticket ticket = 0;
    {
      const absl::MutexLock lock(&mutex_);
      self = std::move(self_);
      ended_ = true;
      ticket = ticket_;
    }
    if (ticket != 0) board_.Cancel(ticket);
    then_();
  }

  projection::ProgressBoard& board_;
  const std::function<void()> then_;
  grpc::Alarm alarm_;
  absl::Mutex mutex_;
  std::shared_ptr<Wait> self_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  projection::ProgressBoard::Ticket ticket_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Nine tenths of the time that is left, at most the limit.
gpr_timespec Until(gpr_timespec deadline) {
  const gpr_timespec now = gpr_now(GPR_CLOCK_MONOTONIC);
  const gpr_timespec left =
      gpr_time_sub(gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC), now);
  const double seconds =
      std::clamp(0.9 * gpr_timespec_to_micros(left) / 1e6, 0.0, 1.0 * kPositionWaitSecondsMax);
  return gpr_time_add(now,
                      gpr_time_from_micros(static_cast<std::int64_t>(seconds * 1e6), GPR_TIMESPAN));
}

}  // namespace

void WhenReached(projection::ProgressBoard& board, Shard shard, Position position,
                 gpr_timespec deadline, std::function<void()> then) {
  if (board.Reached(shard) >= position) {
    then();
    return;
  }
  std::make_shared<Wait>(board, std::move(then))->Start(shard, position, Until(deadline));
}

}  // namespace apdr::query
