#include "services/command/internal/case_cache.h"

#include <utility>

#include "engine/base/check.h"

namespace apdr::command {

CaseCache::CaseCache(std::size_t cases_max) : cases_max_(cases_max) {}

bool CaseCache::Contains(const StreamId& stream) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return resident_.contains(stream);
}

CachedCase* CaseCache::Find(const StreamId& stream) {
  const auto found = entries_.find(stream);
  if (found == entries_.end()) return nullptr;
  uses_.splice(uses_.begin(), uses_, found->second.use);
  return &found->second.cached;
}

CachedCase& CaseCache::Insert(const StreamId& stream, core::State state) {
  uses_.push_front(stream);
  const auto [entry, inserted] = entries_.try_emplace(
      stream, Entry{.cached = {.state = std::move(state)}, .use = uses_.begin()});
  APDR_CHECK(inserted);
  const absl::MutexLock lock(&mutex_);
  resident_.insert(stream);
  return entry->second.cached;
}

void CaseCache::Evict(std::uint64_t durable_batch) {
  while (entries_.size() > cases_max_) {
    const auto oldest = entries_.find(uses_.back());
    APDR_CHECK(oldest != entries_.end());
    if (oldest->second.cached.last_batch > durable_batch) return;
    {
      const absl::MutexLock lock(&mutex_);
      resident_.erase(oldest->first);
    }
    entries_.erase(oldest);
    uses_.pop_back();
  }
}

}  // namespace apdr::command
