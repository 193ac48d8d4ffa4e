#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/vocabulary.h"
#include "engine/core/state.h"

namespace apdr::command {

struct CachedCase {
  core::State state;
  // The last batch that changes it: the case stays until that one is durable.
  std::uint64_t last_batch = 0;
};

// States of cases in memory; ahead of the store by the batches not yet synced. The one that came
// first goes first, but stays once more for having been used since. Owned by the decider's thread;
// only Contains may be called from others.
class CaseCache {
 public:
  explicit CaseCache(std::size_t cases_max);

  // Whether the case is here; may be out of date by the time it returns. Thread-safe.
  [[nodiscard]] bool Contains(const StreamId& stream) const;

  // The case; null if it is not here. It stays where it is until the next Evict.
  [[nodiscard]] CachedCase* Find(const StreamId& stream);

  // REQUIRES: the case is not here.
  CachedCase& Insert(const StreamId& stream, core::State state);

  // Has the processor fetch what deciding about a few cases reads first, of all of them at a time:
  // of ten thousand cases hardly one is in its caches. Changes nothing.
  void Prefetch(std::span<const StreamId* const> streams) const;

  // Lets go of cases beyond the limit whose changes are durable (batch <= durable_batch).
  void Evict(std::uint64_t durable_batch);

 private:
  struct Entry {
    StreamId stream;
    CachedCase cached;
    bool used;  // Since it was last about to go.
  };
  // With its hash, so that looking for a case touches no other one.
  struct Slot {
    std::size_t hash;
    std::unique_ptr<Entry> entry;
  };
  struct SlotHash {
    using is_transparent = void;
    std::size_t operator()(const StreamId& stream) const { return absl::HashOf(stream); }
    std::size_t operator()(std::size_t hash) const { return hash; }
    std::size_t operator()(const Slot& slot) const { return slot.hash; }
  };
  struct SlotEqual {
    using is_transparent = void;
    bool operator()(const Slot& a, std::size_t hash) const { return a.hash == hash; }
    bool operator()(const Slot& a, const StreamId& stream) const {
      return a.entry->stream == stream;
    }
    bool operator()(const Slot& a, const Slot& b) const {
      return a.hash == b.hash && a.entry->stream == b.entry->stream;
    }
  };

  const std::size_t cases_max_;
  absl::flat_hash_set<Slot, SlotHash, SlotEqual> entries_;
  std::deque<Entry*> queue_;  // Next to go first.
  mutable absl::Mutex mutex_;
  // Hashes of the cases in entries_, for other threads: two of one hash are one to them.
  absl::flat_hash_set<std::size_t> resident_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::command
