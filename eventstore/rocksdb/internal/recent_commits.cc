#include "eventstore/rocksdb/internal/recent_commits.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace apdr::eventstore {

RecentCommits::RecentCommits(std::uint32_t shard_count, std::size_t bytes_max)
    : bytes_max_(bytes_max) {
  absl::MutexLock lock(&mutex_);
  shards_.resize(shard_count);
}

void RecentCommits::Add(Sequence first, std::span<const CommitRows> commits,
                        std::vector<std::string> values) {
  APDR_CHECK(commits.size() == values.size());
  absl::MutexLock lock(&mutex_);
  if (items_.empty()) first_ = first;
  APDR_CHECK(first_.value() + items_.size() == first.value());
  for (std::size_t i = 0; i < commits.size(); ++i) {
    bytes_ += values[i].size();
    const Bytes bytes = std::make_shared<const std::string>(std::move(values[i]));
    items_.push_back(Item{.shard = commits[i].shard, .bytes = bytes});
    shards_[commits[i].shard.value()].push_back(
        ShardItem{.first_position = commits[i].first_position,
                  .last_position = commits[i].last_position,
                  .bytes = bytes});
  }
  while (bytes_ > bytes_max_) EvictOldest();
}

RecentCommits::Bytes RecentCommits::Read(Sequence sequence) const {
  absl::MutexLock lock(&mutex_);
  if (sequence < first_ || sequence.value() >= first_.value() + items_.size()) return nullptr;
  return items_[sequence.value() - first_.value()].bytes;
}

std::optional<std::vector<RecentCommits::Bytes>> RecentCommits::ReadShard(Shard shard,
                                                                          PositionRange range,
                                                                          std::size_t limit) const {
  absl::MutexLock lock(&mutex_);
  const std::deque<ShardItem>& items = shards_[shard.value()];
  if (items.empty() || items.front().first_position.value() > range.after.value() + 1) {
    return std::nullopt;
  }
  auto item = std::partition_point(items.begin(), items.end(), [&range](const ShardItem& it) {
    return it.last_position <= range.after;
  });
  std::vector<Bytes> found;
  for (; item != items.end() && found.size() < limit; ++item) {
    if (item->last_position > range.until) break;
    found.push_back(item->bytes);
  }
  return found;
}

void RecentCommits::EvictOldest() {
  bytes_ -= items_.front().bytes->size();
  shards_[items_.front().shard.value()].pop_front();
  items_.pop_front();
  first_ = Next(first_);
}

}  // namespace apdr::eventstore
