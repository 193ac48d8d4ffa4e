#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/vocabulary.h"

namespace apdr::projection {

// How far the read models of this process are, so that a query can wait for a position without
// asking again and again. The projector publishes after each commit; a query leaves a callback.
// Thread-safe.
class ProgressBoard {
 public:
  using Callback = absl::AnyInvocable<void()>;
  using Ticket = std::uint64_t;

  explicit ProgressBoard(std::uint32_t shard_count);

  [[nodiscard]] std::uint32_t shard_count() const { return shard_count_; }
  // REQUIRES, here and below: shard < shard_count
  [[nodiscard]] Position Reached(Shard shard) const;

  // Rows up to `position` can be read. Runs, in this thread and without a lock, the callbacks that
  // waited for it.
  void Publish(Shard shard, Position position);

  // Runs `done` once the shard has reached `position`: now, in this thread, if it has. `done` must
  // not block.
  Ticket Await(Shard shard, Position position, Callback done);

  // Whether the callback was still waiting; it will not run any more.
  bool Cancel(Ticket ticket);

 private:
  struct Waiter {
    Shard shard;
    Position position;
    Callback done;
  };

  const std::uint32_t shard_count_;
  mutable absl::Mutex mutex_;
  std::vector<Position> reached_ ABSL_GUARDED_BY(mutex_);
  std::map<Ticket, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  Ticket last_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace apdr::projection
