#include "eventstore/memory/memory_event_store.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/shard_of.h"
#include "engine/base/status_macros.h"
#include "eventstore/rules.h"

namespace apdr::eventstore {
namespace {

// The request id and the claims of a commit, in its tenant.
std::vector<std::pair<TenantId, RequestId>> NamesOf(const Commit& commit) {
  std::vector<std::pair<TenantId, RequestId>> names = {{commit.stream.tenant, commit.request_id}};
  for (const RequestId& claim : commit.claims) names.emplace_back(commit.stream.tenant, claim);
  return names;
}

}  // namespace

MemoryEventStore::MemoryEventStore(std::uint32_t shard_count) : shard_count_(shard_count) {
  APDR_CHECK(shard_count > 0);
  absl::MutexLock lock(&mutex_);
  shards_.resize(shard_count);
}

void MemoryEventStore::FailNextAppend(AppendFault fault, std::function<void()> meanwhile) {
  absl::MutexLock lock(&mutex_);
  fault_ = fault;
  meanwhile_ = std::move(meanwhile);
}

void MemoryEventStore::Restart() {
  absl::MutexLock lock(&mutex_);
  fault_.reset();
  failed_ = false;
}

absl::StatusOr<std::vector<CommitPlace>> MemoryEventStore::Append(std::span<const Commit> commits) {
  if (meanwhile_) std::exchange(meanwhile_, nullptr)();
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  APDR_RETURN_IF_ERROR(Check(commits));
  const std::optional<AppendFault> fault = commits.empty() ? std::nullopt : fault_;
  failed_ = fault.has_value();
  if (fault == AppendFault::kBeforeWrite) return CheckAlive();
  std::vector<CommitPlace> places;
  places.reserve(commits.size());
  for (const Commit& commit : commits) places.push_back(Write(commit));
  if (fault == AppendFault::kAnswerLost) return CheckAlive();
  return places;
}

absl::StatusOr<std::vector<StoredCommit>> MemoryEventStore::ReadStream(const StreamId& stream,
                                                                       CaseVersion from,
                                                                       std::size_t limit) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  std::vector<StoredCommit> found;
  const auto rows = streams_.find(stream);
  if (rows == streams_.end()) return found;
  for (const auto& [shard, index] : rows->second) {
    if (found.size() == limit) break;
    const StoredCommit& stored = shards_[shard][index];
    if (stored.last_version() >= from) found.push_back(stored);
  }
  return found;
}

absl::StatusOr<std::vector<StoredCommit>> MemoryEventStore::ReadShard(Shard shard, Position after,
                                                                      std::size_t limit) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  APDR_RETURN_IF_ERROR(CheckShard(shard, shard_count_));
  APDR_RETURN_IF_ERROR(CheckAfter(shard, after, HeadOf(shard.value())));
  const std::vector<StoredCommit>& log = shards_[shard.value()];
  const auto first = std::partition_point(log.begin(), log.end(), [after](const StoredCommit& it) {
    return it.last_position() <= after;
  });
  const auto left = static_cast<std::size_t>(log.end() - first);
  return std::vector<StoredCommit>(first,
                                   first + static_cast<std::ptrdiff_t>(std::min(left, limit)));
}

absl::StatusOr<std::optional<StoredCommit>> MemoryEventStore::FindRequest(
    const TenantId& tenant, const RequestId& request_id) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  const auto row = requests_.find(RequestKey(tenant, request_id));
  if (row == requests_.end()) return std::nullopt;
  return shards_[row->second.first][row->second.second];
}

absl::StatusOr<std::vector<DueTimer>> MemoryEventStore::DueTimers(absl::Time until,
                                                                  std::size_t limit) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  std::vector<DueTimer> due;
  for (const auto& [fires_at, stream, key] : timers_) {
    if (due.size() == limit || fires_at > until) break;
    due.push_back(DueTimer{.stream = stream, .timer = {.fires_at = fires_at, .key = key}});
  }
  return due;
}

Position MemoryEventStore::DurableHead(Shard shard) const {
  APDR_CHECK(shard.value() < shard_count_);
  absl::MutexLock lock(&mutex_);
  return HeadOf(shard.value());
}

absl::StatusOr<Position> MemoryEventStore::ReadCursor(std::string_view consumer, Shard shard) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  const auto row = cursors_.find(std::pair(std::string(consumer), shard));
  return row == cursors_.end() ? Position(0) : row->second;
}

absl::Status MemoryEventStore::WriteCursor(std::string_view consumer, Shard shard,
                                           Position position) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  cursors_[std::pair(std::string(consumer), shard)] = position;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Snapshot>> MemoryEventStore::ReadSnapshot(const StreamId& stream) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  const auto row = snapshots_.find(stream);
  if (row == snapshots_.end()) return std::nullopt;
  return row->second;
}

absl::Status MemoryEventStore::WriteSnapshot(const StreamId& stream, const Snapshot& snapshot) {
  absl::MutexLock lock(&mutex_);
  APDR_RETURN_IF_ERROR(CheckAlive());
  Snapshot& kept = snapshots_[stream];
  if (snapshot.version >= kept.version) kept = snapshot;
  return absl::OkStatus();
}

absl::Status MemoryEventStore::CheckAlive() const {
  if (!failed_) return absl::OkStatus();
  return absl::InternalError("Expected to use the event store, but an append has failed.");
}

absl::Status MemoryEventStore::Check(std::span<const Commit> commits) const {
  APDR_RETURN_IF_ERROR(CheckLimits(commits));
  absl::flat_hash_set<RequestKey> requests;
  absl::flat_hash_map<StreamId, CaseVersion> versions;
  for (const Commit& commit : commits) {
    for (const RequestKey& name : NamesOf(commit)) {
      if (requests_.contains(name) || !requests.insert(name).second) return RequestIsTaken(commit);
    }
    auto [version, first] = versions.try_emplace(commit.stream);
    if (first) version->second = VersionOf(commit.stream);
    APDR_RETURN_IF_ERROR(CheckVersion(commit, version->second));
    version->second = CaseVersion(version->second.value() + commit.events.size());
  }
  return absl::OkStatus();
}

CommitPlace MemoryEventStore::Write(const Commit& commit) {
  const Shard shard = ShardOf(commit.stream.case_id, shard_count_);
  std::vector<StoredCommit>& log = shards_[shard.value()];
  const CommitPlace place{.shard = shard,
                          .first_position = Position(HeadOf(shard.value()).value() + 1)};
  const CommitIndex index(shard.value(), log.size());
  log.push_back(StoredCommit{.commit = commit, .place = place});
  log.back().commit.recorded_at = AsStored(commit.recorded_at);
  streams_[commit.stream].push_back(index);
  for (RequestKey& name : NamesOf(commit)) requests_.emplace(std::move(name), index);
  for (const Timer& timer : commit.timers_stopped) {
    timers_.erase(TimerRow(timer.fires_at, commit.stream, timer.key));
  }
  for (const Timer& timer : commit.timers_started) {
    timers_.emplace(timer.fires_at, commit.stream, timer.key);
  }
  return place;
}

Position MemoryEventStore::HeadOf(std::size_t shard) const {
  return shards_[shard].empty() ? Position(0) : shards_[shard].back().last_position();
}

CaseVersion MemoryEventStore::VersionOf(const StreamId& stream) const {
  const auto rows = streams_.find(stream);
  if (rows == streams_.end()) return CaseVersion(0);
  const auto& [shard, index] = rows->second.back();
  return shards_[shard][index].last_version();
}

}  // namespace apdr::eventstore
