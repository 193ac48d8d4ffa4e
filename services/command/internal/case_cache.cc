#include "services/command/internal/case_cache.h"

#include <utility>

#include "absl/container/inlined_vector.h"
#include "engine/base/check.h"
#include "engine/base/prefetch.h"

namespace apdr::command {
namespace {

// Cases that get a second chance before one goes, so that an eviction takes no time that shows.
constexpr std::size_t kSecondChancesMax = 64;

constexpr std::size_t kAtATime = 8;  // Usual number of cases to prefetch.
// What most rules read of a guest's state lies in its first lines.
constexpr std::size_t kGuestLines = 12;

}  // namespace

CaseCache::CaseCache(std::size_t cases_max) : cases_max_(cases_max) {}

bool CaseCache::Contains(const StreamId& stream) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return resident_.contains(absl::HashOf(stream));
}

CachedCase* CaseCache::Find(const StreamId& stream) {
  const auto found = entries_.find(stream);
  if (found == entries_.end()) return nullptr;
  Entry& entry = *found->entry;
  entry.used = true;
  return &entry.cached;
}

CachedCase& CaseCache::Insert(const StreamId& stream, core::State state) {
  const std::size_t hash = absl::HashOf(stream);
  const auto [slot, inserted] = entries_.insert(
      {.hash = hash,
       .entry = std::make_unique<Entry>(
           Entry{.stream = stream, .cached = {.state = std::move(state)}, .used = true})});
  APDR_CHECK(inserted);
  queue_.push_back(slot->entry.get());
  const absl::MutexLock lock(&mutex_);
  resident_.insert(hash);
  return slot->entry->cached;
}

void CaseCache::Prefetch(std::span<const StreamId* const> streams) const {
  absl::InlinedVector<std::size_t, kAtATime> hashes;
  for (const StreamId* const stream : streams) {
    hashes.push_back(absl::HashOf(*stream));
    entries_.prefetch(hashes.back());
  }
  absl::InlinedVector<const Entry*, kAtATime> entries;
  for (const std::size_t hash : hashes) {
    const auto slot = entries_.find(hash);
    if (slot == entries_.end()) continue;
    entries.push_back(slot->entry.get());
    PrefetchAll(*entries.back());
  }
  for (const Entry* const entry : entries) {
    PrefetchLines(entry->stream.case_id.value().data(), 1);
    PrefetchLines(entry->cached.state.domain.get(), kGuestLines);
  }
  for (int step = 0; step < core::DomainState::kPrefetchSteps; ++step) {
    for (const Entry* const entry : entries) entry->cached.state.domain->Prefetch(step);
  }
}

void CaseCache::Evict(std::uint64_t durable_batch) {
  std::size_t chances = kSecondChancesMax;
  while (entries_.size() > cases_max_) {
    Entry* const first = queue_.front();
    const bool durable = first->cached.last_batch <= durable_batch;
    if (chances == 0 && !durable) return;
    queue_.pop_front();
    if (chances > 0 && (first->used || !durable)) {
      first->used = false;
      queue_.push_back(first);
      --chances;
      continue;
    }
    chances = kSecondChancesMax;
    const std::size_t hash = absl::HashOf(first->stream);
    {
      const absl::MutexLock lock(&mutex_);
      resident_.erase(hash);
    }
    const auto slot = entries_.find(first->stream);
    APDR_CHECK(slot != entries_.end());
    entries_.erase(slot);
  }
}

}  // namespace apdr::command
