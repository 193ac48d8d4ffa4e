#include "services/readmodel/memory/memory_read_model.h"

#include <iterator>

#include "services/readmodel/rules.h"

namespace apdr::readmodel {

absl::Status MemoryReadModel::Apply(const Write& write) {
  CheckWrite(write);
  const absl::MutexLock lock(&mutex_);
  for (const Row& row : write.puts) rows_.insert_or_assign(row.key, row.value);
  for (const std::string& key : write.deletes) rows_.erase(key);
  for (const ShardProgress& entry : write.progress) progress_[entry.shard] = entry.progress;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> MemoryReadModel::Get(std::string_view key) const {
  const absl::MutexLock lock(&mutex_);
  const auto row = rows_.find(key);
  if (row == rows_.end()) return std::nullopt;
  return row->second;
}

absl::StatusOr<std::vector<Row>> MemoryReadModel::Scan(const Range& range) const {
  std::vector<Row> rows;
  if (!CheckRange(range)) return rows;
  const absl::MutexLock lock(&mutex_);
  const auto first = rows_.lower_bound(range.begin);
  const auto last = range.end.empty() ? rows_.end() : rows_.lower_bound(range.end);
  const auto take = [&rows, limit = range.limit](auto from, auto to) {
    for (; from != to && rows.size() < limit; ++from) rows.push_back({from->first, from->second});
  };
  if (range.direction == Direction::kForward) {
    take(first, last);
  } else {
    take(std::make_reverse_iterator(last), std::make_reverse_iterator(first));
  }
  return rows;
}

absl::StatusOr<Progress> MemoryReadModel::ReadProgress(Shard shard) const {
  const absl::MutexLock lock(&mutex_);
  const auto progress = progress_.find(shard);
  return progress == progress_.end() ? Progress{} : progress->second;
}

}  // namespace apdr::readmodel
