#include "eventstore/rocksdb/internal/commit_tail.h"

#include <algorithm>

#include "engine/base/check.h"

namespace apdr::eventstore {

CommitTail::CommitTail(Sequence indexed, std::size_t kept_max)
    : kept_max_(kept_max), indexed_(indexed), dropped_(indexed) {}

void CommitTail::Prefetch(std::span<const CommitRows> commits) const {
  absl::MutexLock lock(&mutex_);
  for (const CommitRows& rows : commits) ends_.prefetch(rows.stream_key);
}

void CommitTail::Add(std::vector<CommitRows> commits) {
  absl::MutexLock lock(&mutex_);
  for (CommitRows& rows : commits) AddOne(std::move(rows));
}

std::vector<const CommitRows*> CommitTail::NotIndexed(std::size_t limit) const {
  absl::MutexLock lock(&mutex_);
  const std::size_t kept = KeptCount();
  std::vector<const CommitRows*> commits(std::min(limit, entries_.size() - kept));
  for (std::size_t i = 0; i < commits.size(); ++i) commits[i] = &entries_[kept + i].rows;
  return commits;
}

void CommitTail::SetIndexed(std::size_t count) {
  absl::MutexLock lock(&mutex_);
  APDR_CHECK(count <= entries_.size() - KeptCount());
  for (std::size_t i = 0; i < count; ++i) SetOneIndexed();
  while (KeptCount() > kept_max_) DropOldest();
}

std::size_t CommitTail::not_indexed_count() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size() - KeptCount();
}

std::optional<CaseVersion> CommitTail::VersionOf(const std::string& stream_key) const {
  absl::MutexLock lock(&mutex_);
  const auto end = ends_.find(stream_key);
  if (end == ends_.end()) return std::nullopt;
  return end->second.version;
}

std::optional<Sequence> CommitTail::FindRequest(std::string_view request_key) const {
  absl::MutexLock lock(&mutex_);
  const auto request = requests_.find(HashedKey(request_key));
  if (request == requests_.end()) return std::nullopt;
  return request->second;
}

std::vector<bool> CommitTail::AreTaken(std::span<const std::string_view> request_keys) const {
  const std::vector<HashedKey> keys(request_keys.begin(), request_keys.end());
  std::vector<bool> taken;
  taken.reserve(keys.size());
  absl::MutexLock lock(&mutex_);
  for (const HashedKey& key : keys) requests_.prefetch(key);
  for (const HashedKey& key : keys) taken.push_back(requests_.contains(key));
  return taken;
}

CommitTail::Stream CommitTail::ReadStream(const std::string& stream_key, CaseVersion from) const {
  absl::MutexLock lock(&mutex_);
  Stream stream;
  const auto end = ends_.find(stream_key);
  if (end == ends_.end()) return stream;
  for (Sequence sequence = end->second.sequence; sequence > dropped_;
       sequence = At(sequence).previous) {
    const Entry& entry = At(sequence);
    stream.first_version = entry.rows.first_version;
    if (entry.rows.last_version < from) break;
    stream.commits.push_back(sequence);
  }
  std::ranges::reverse(stream.commits);
  return stream;
}

std::vector<CommitTail::TimerRow> CommitTail::Timers(const std::string& bound) const {
  absl::MutexLock lock(&mutex_);
  std::vector<TimerRow> rows;
  const auto end = bound.empty() ? timers_.end() : timers_.lower_bound(bound);
  for (auto timer = timers_.begin(); timer != end; ++timer) {
    rows.emplace_back(timer->first, timer->second.running);
  }
  return rows;
}

void CommitTail::AddOne(CommitRows rows) {
  const Sequence sequence(dropped_.value() + entries_.size() + 1);
  StreamEnd& end = ends_[rows.stream_key];
  const Sequence previous = end.sequence;  // 0 when it is the first here.
  end = {.sequence = sequence, .version = rows.last_version};
  entries_.push_back(Entry{.rows = std::move(rows), .previous = previous});
  const CommitRows& added = entries_.back().rows;
  for (const std::string& key : added.request_keys) requests_.emplace(HashedKey(key), sequence);
  SetTimers(added.timers_stopped, {.running = false, .said_by = sequence});
  SetTimers(added.timers_started, {.running = true, .said_by = sequence});
}

void CommitTail::SetOneIndexed() {
  indexed_ = Next(indexed_);
  const CommitRows& rows = At(indexed_).rows;
  ForgetTimers(rows.timers_stopped);
  ForgetTimers(rows.timers_started);
}

void CommitTail::DropOldest() {
  dropped_ = Next(dropped_);
  const CommitRows& rows = entries_.front().rows;
  const auto end = ends_.find(rows.stream_key);
  if (end->second.sequence == dropped_) ends_.erase(end);
  for (const std::string& key : rows.request_keys) requests_.erase(HashedKey(key));
  entries_.pop_front();
}

void CommitTail::SetTimers(const std::vector<std::string>& keys, TimerState state) {
  for (const std::string& key : keys) timers_.insert_or_assign(key, state);
}

void CommitTail::ForgetTimers(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const auto timer = timers_.find(key);
    if (timer != timers_.end() && timer->second.said_by <= indexed_) timers_.erase(timer);
  }
}

const CommitTail::Entry& CommitTail::At(Sequence sequence) const {
  return entries_[sequence.value() - dropped_.value() - 1];
}

std::size_t CommitTail::KeptCount() const { return indexed_.value() - dropped_.value(); }

}  // namespace apdr::eventstore
