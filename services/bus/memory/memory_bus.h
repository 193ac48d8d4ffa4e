#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/random.h"
#include "services/bus/bus.h"
#include "services/bus/sequence_header.h"

namespace apdr::bus {

// How often, in percent of the calls, a bus does what its contract allows and nobody likes.
// REQUIRES: each < 100, so that everything arrives in the end.
struct BusFaults {
  std::uint64_t slow = 0;       // Takes, delivers or acknowledges only part of what there is.
  std::uint64_t lost = 0;       // Send or Acknowledged: the session ends; what was on its way may
                                // be on the bus or not, and nobody was told.
  std::uint64_t away = 0;       // Assign, Poll, Head or LastOnBus: kUnavailable.
  std::uint64_t redeliver = 0;  // Poll: goes back and delivers some records again, also ones before
                                // where the assignment began.
};

// One topic in memory: the twin of a Kafka topic. In a simulation it stands for the broker and
// outlives the producers and consumers that a crash destroys. With a seeded Random a run is a
// function of the seed. Does not simulate loss of acknowledged records, a rebalance, several
// producers of one shard, a record that is too large, or time: nothing ever waits. Thread-safe; its
// producers and consumers are not, and must not outlive it.
class MemoryBus {
 public:
  // A bus without faults. REQUIRES: shard_count > 0.
  explicit MemoryBus(std::uint32_t shard_count);
  MemoryBus(std::uint32_t shard_count, const BusFaults& faults, Random& random);

  // Destroying a producer is a crash of its process: what it took and did not get onto the bus is
  // gone.
  [[nodiscard]] std::unique_ptr<Producer> NewProducer();
  [[nodiscard]] std::unique_ptr<Consumer> NewConsumer();

  // Retention: forgets all records of the shard but the newest `keep`. A consumer that was to go on
  // among the forgotten ones goes on at the first that is left.
  void Forget(Shard shard, std::size_t keep);
  // Everything on the bus for the shard, as delivered by nobody. For checkers.
  [[nodiscard]] std::vector<Record> Contents(Shard shard) const;

 private:
  class MemoryProducer;
  class MemoryConsumer;

  // Offsets count from the first record ever; `records` begins at offset `first`.
  struct Log {
    std::uint64_t first = 0;
    std::deque<Record> records;
    LastRecord last;  // Of records: the newest may repeat an earlier one.

    [[nodiscard]] std::uint64_t end() const { return first + records.size(); }
    void Note(const Record& record) {
      if (record.position >= last.position) last = AsLastRecord(record);
    }
  };

  [[nodiscard]] bool Happens(std::uint64_t percent);
  // All of `count`, or, when slow, some of it.
  [[nodiscard]] std::size_t SomeOf(std::size_t count);
  void Append(const Record& record);
  // From `offset`, or from the first that is left when it is not there.
  [[nodiscard]] std::vector<Received> Read(Shard shard, std::uint64_t offset, std::size_t limit);
  [[nodiscard]] std::uint64_t End(Shard shard) const;
  [[nodiscard]] LastRecord Last(Shard shard) const;

  const BusFaults faults_;
  Random* const random_;  // Null: no faults.
  mutable absl::Mutex mutex_;
  std::vector<Log> logs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::bus
