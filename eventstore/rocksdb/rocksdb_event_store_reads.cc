#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "eventstore/rocksdb/internal/commit_codec.h"
#include "eventstore/rocksdb/internal/commit_index.h"
#include "eventstore/rocksdb/internal/commit_log.h"
#include "eventstore/rocksdb/internal/commit_tail.h"
#include "eventstore/rocksdb/internal/recent_commits.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "eventstore/rules.h"

namespace apdr::eventstore {
namespace {

bool HasName(const Commit& commit, const RequestId& name) {
  return commit.request_id == name || std::ranges::find(commit.claims, name) != commit.claims.end();
}

// An index row led to a commit it does not describe.
absl::Status WrongRow(Sequence sequence) {
  return absl::DataLossError(
      absl::StrCat("Expected an index row to lead to its commit, but commit ", sequence.value(),
                   " of the log is another one."));
}

absl::Status CheckNextPosition(const StoredCommit& stored, Position previous, Position after) {
  const std::uint64_t first = stored.place.first_position.value();
  const bool starts_page = previous == Position(0) && first <= after.value() + 1;
  if (starts_page || (previous != Position(0) && first == previous.value() + 1)) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("Expected position ", std::max(previous, after).value() + 1, " of shard ",
                   stored.place.shard.value(), ", but position ", first, " stands in its place."));
}

}  // namespace

absl::StatusOr<std::vector<StoredCommit>> RocksDbEventStore::ReadStream(const StreamId& stream,
                                                                        CaseVersion from,
                                                                        std::size_t limit) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  const std::string key = StreamKey(stream);
  const CommitTail::Stream tail = tail_->ReadStream(key, from);
  std::vector<Sequence> sequences;
  if (!tail.first_version || *tail.first_version > std::max(from, CaseVersion(1))) {
    constexpr CaseVersion kNoVersion(std::numeric_limits<std::uint64_t>::max());
    const VersionRange range{.from = from, .before = tail.first_version.value_or(kNoVersion)};
    APDR_ASSIGN_OR_RETURN(sequences, index_->Stream(key, range, limit));
  }
  sequences.insert(sequences.end(), tail.commits.begin(), tail.commits.end());
  if (sequences.size() > limit) sequences.resize(limit);
  std::vector<StoredCommit> found;
  found.reserve(sequences.size());
  for (const Sequence sequence : sequences) {
    APDR_ASSIGN_OR_RETURN(StoredCommit stored, Load(sequence));
    const bool continues = found.empty() || stored.commit.first_version.value() ==
                                                found.back().last_version().value() + 1;
    if (stored.commit.stream != stream || !continues) return WrongRow(sequence);
    found.push_back(std::move(stored));
  }
  return found;
}

absl::StatusOr<std::vector<StoredCommit>> RocksDbEventStore::ReadShard(Shard shard, Position after,
                                                                       std::size_t limit) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  APDR_RETURN_IF_ERROR(CheckShard(shard, options_.shard_count));
  const Position head = DurableHead(shard);
  APDR_RETURN_IF_ERROR(CheckAfter(shard, after, head));
  std::vector<StoredCommit> found;
  if (after == head || limit == 0) return found;
  // Not beyond `head`, though more may have become durable by now: a reader must find its own last
  // position at or before the head the next time it asks.
  const PositionRange range{.after = after, .until = head};
  const auto recent = recent_->ReadShard(shard, range, limit);
  if (!recent) return ReadShardFromDisk(shard, range, limit);
  found.reserve(recent->size());
  for (const RecentCommits::Bytes& bytes : *recent) {
    APDR_ASSIGN_OR_RETURN(StoredCommit stored, DecodeCommit(*bytes));
    found.push_back(std::move(stored));
  }
  return found;
}

absl::StatusOr<std::vector<StoredCommit>> RocksDbEventStore::ReadShardFromDisk(
    Shard shard, PositionRange range, std::size_t limit) const {
  const Sequence last(durable_sequence_);
  APDR_ASSIGN_OR_RETURN(const Sequence first,
                        index_->SeekShard(shard, Position(range.after.value() + 1)));
  std::vector<StoredCommit> found;
  const absl::Status scanned =
      log_->Scan(first, last, [&](Sequence, std::string_view value) -> absl::StatusOr<bool> {
        APDR_ASSIGN_OR_RETURN(const CommitPlace place, DecodePlace(value));
        if (place.shard != shard) return true;
        APDR_ASSIGN_OR_RETURN(StoredCommit stored, DecodeCommit(value));
        if (stored.last_position() <= range.after) return true;
        if (stored.place.first_position > range.until) return false;
        const Position previous = found.empty() ? Position(0) : found.back().last_position();
        APDR_RETURN_IF_ERROR(CheckNextPosition(stored, previous, range.after));
        found.push_back(std::move(stored));
        return found.size() < limit;
      });
  APDR_RETURN_IF_ERROR(scanned);
  return found;
}

absl::StatusOr<std::optional<StoredCommit>> RocksDbEventStore::FindRequest(
    const TenantId& tenant, const RequestId& request_id) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  const std::string key = RequestKey(tenant, request_id);
  std::optional<Sequence> sequence = tail_->FindRequest(key);
  if (!sequence) {
    APDR_ASSIGN_OR_RETURN(sequence, index_->FindRequest(key));
  }
  if (!sequence) return std::nullopt;
  APDR_ASSIGN_OR_RETURN(StoredCommit stored, Load(*sequence));
  if (stored.commit.stream.tenant != tenant || !HasName(stored.commit, request_id)) {
    return WrongRow(*sequence);
  }
  return stored;
}

absl::StatusOr<std::vector<bool>> RocksDbEventStore::AreTaken(std::span<const RequestName> names) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  std::vector<std::string> keys;
  keys.reserve(names.size());
  for (const auto& [tenant, id] : names) keys.push_back(RequestKey(tenant, id));
  return AreKeysTaken(std::vector<std::string_view>(keys.begin(), keys.end()));
}

// The tail first: what leaves it is in the indexes by then.
absl::StatusOr<std::vector<bool>> RocksDbEventStore::AreKeysTaken(
    std::span<const std::string_view> keys) const {
  std::vector<bool> taken = tail_->AreTaken(keys);
  APDR_RETURN_IF_ERROR(index_->MarkTaken(keys, taken));
  return taken;
}

absl::StatusOr<std::vector<DueTimer>> RocksDbEventStore::DueTimers(absl::Time until,
                                                                   std::size_t limit) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  const std::string bound = TimerBound(until);
  const std::vector<CommitTail::TimerRow> tail = tail_->Timers(bound);
  auto newer = tail.begin();
  std::vector<std::string> running;
  const auto take_tail_up_to = [&](std::optional<std::string_view> key) {
    for (; newer != tail.end() && (!key || newer->first <= *key); ++newer) {
      if (newer->second && running.size() < limit) running.push_back(newer->first);
    }
  };
  APDR_RETURN_IF_ERROR(index_->Timers(bound, [&](std::string_view key) -> absl::StatusOr<bool> {
    // Where both know a timer, the tail is right: it is newer.
    const auto same =
        std::ranges::lower_bound(newer, tail.end(), key, {}, &CommitTail::TimerRow::first);
    const bool told_by_tail = same != tail.end() && same->first == key;
    take_tail_up_to(key);
    if (!told_by_tail && running.size() < limit) running.emplace_back(key);
    return running.size() < limit;
  }));
  take_tail_up_to(std::nullopt);
  std::vector<DueTimer> due;
  due.reserve(running.size());
  for (const std::string& key : running) {
    APDR_ASSIGN_OR_RETURN(DueTimer timer, DecodeTimerKey(key));
    due.push_back(std::move(timer));
  }
  return due;
}

Position RocksDbEventStore::DurableHead(Shard shard) const {
  APDR_CHECK(shard.value() < shard_heads_.size());
  return Position(shard_heads_[shard.value()]);
}

absl::StatusOr<Position> RocksDbEventStore::ReadCursor(std::string_view consumer, Shard shard) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  return log_->ReadCursor(consumer, shard);
}

absl::Status RocksDbEventStore::WriteCursor(std::string_view consumer, Shard shard,
                                            Position position) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  const absl::Status written = log_->WriteCursor(consumer, shard, position);
  return written.ok() ? written : Fail(written);
}

absl::StatusOr<std::optional<Snapshot>> RocksDbEventStore::ReadSnapshot(const StreamId& stream) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  return index_->ReadSnapshot(stream);
}

absl::Status RocksDbEventStore::WriteSnapshot(const StreamId& stream, const Snapshot& snapshot) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  return index_->WriteSnapshot(stream, snapshot);
}

absl::StatusOr<StoredCommit> RocksDbEventStore::Load(Sequence sequence) const {
  APDR_ASSIGN_OR_RETURN(const std::shared_ptr<const std::string> bytes, LoadBytes(sequence));
  return DecodeCommit(*bytes);
}

absl::StatusOr<std::shared_ptr<const std::string>> RocksDbEventStore::LoadBytes(
    Sequence sequence) const {
  if (RecentCommits::Bytes recent = recent_->Read(sequence)) return recent;
  APDR_ASSIGN_OR_RETURN(std::optional<std::string> value, log_->Read(sequence));
  if (!value) {
    return absl::DataLossError(absl::StrCat("Expected to read commit ", sequence.value(),
                                            " of the log, but it is missing."));
  }
  return std::make_shared<const std::string>(*std::move(value));
}

}  // namespace apdr::eventstore
