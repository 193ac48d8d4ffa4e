#pragma once

#include <cstddef>
#include <cstdint>
#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/vocabulary.h"
#include "engine/core/state.h"

namespace apdr::command {

struct CachedCase {
  core::State state;
  // The last batch that changes it: the case stays until that one is durable.
  std::uint64_t last_batch = 0;
};

// States of cases in memory, least recently used out first; ahead of the store by the batches not
// yet synced. Owned by the decider's thread; only Contains may be called from others.
class CaseCache {
 public:
  explicit CaseCache(std::size_t cases_max);

  // Whether the case is here; may be out of date by the time it returns. Thread-safe.
  [[nodiscard]] bool Contains(const StreamId& stream) const;

  // The case, now the most recently used; null if it is not here. Valid until the next Insert or
  // Evict.
  [[nodiscard]] CachedCase* Find(const StreamId& stream);

  // REQUIRES: the case is not here.
  CachedCase& Insert(const StreamId& stream, core::State state);

  // Lets go of the least recently used cases beyond the limit whose changes are durable (batch <=
  // durable_batch).
  void Evict(std::uint64_t durable_batch);

 private:
  struct Entry {
    CachedCase cached;
    std::list<StreamId>::iterator use;
  };

  const std::size_t cases_max_;
  absl::flat_hash_map<StreamId, Entry> entries_;
  std::list<StreamId> uses_;  // Most recent first.
  mutable absl::Mutex mutex_;
  absl::flat_hash_set<StreamId> resident_
      ABSL_GUARDED_BY(mutex_);  // The keys of entries_, for other threads.
};

}  // namespace apdr::command
