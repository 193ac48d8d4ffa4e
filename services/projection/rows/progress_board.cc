#include "services/projection/rows/progress_board.h"

#include <utility>

#include "engine/base/check.h"

namespace apdr::projection {

ProgressBoard::ProgressBoard(std::uint32_t shard_count)
    : shard_count_(shard_count), reached_(shard_count) {}

Position ProgressBoard::Reached(Shard shard) const {
  APDR_CHECK(shard.value() < shard_count_);
  const absl::MutexLock lock(&mutex_);
  return reached_[shard.value()];
}

void ProgressBoard::Publish(Shard shard, Position position) {
  APDR_CHECK(shard.value() < shard_count_);
  std::vector<Callback> due;
  {
    const absl::MutexLock lock(&mutex_);
    reached_[shard.value()] = position;
    for (auto entry = waiters_.begin(); entry != waiters_.end();) {
      Waiter& waiter = entry->second;
      if (waiter.shard != shard || waiter.position > position) {
        ++entry;
        continue;
      }
      due.push_back(std::move(waiter.done));
      entry = waiters_.erase(entry);
    }
  }
  for (Callback& done : due) done();
}

ProgressBoard::Ticket ProgressBoard::Await(Shard shard, Position position, Callback done) {
  APDR_CHECK(shard.value() < shard_count_);
  Ticket ticket = 0;
  {
    const absl::MutexLock lock(&mutex_);
    ticket = ++last_ticket_;
    if (reached_[shard.value()] < position) {
      waiters_.emplace(ticket,
                       Waiter{.shard = shard, .position = position, .done = std::move(done)});
      return ticket;
    }
  }
  done();
  return ticket;
}

bool ProgressBoard::Cancel(Ticket ticket) {
  const absl::MutexLock lock(&mutex_);
  return waiters_.erase(ticket) > 0;
}

}  // namespace apdr::projection
