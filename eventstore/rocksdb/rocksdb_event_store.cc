#include "eventstore/rocksdb/rocksdb_event_store.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/shard_of.h"
#include "engine/base/status_macros.h"
#include "eventstore/rocksdb/internal/bytes.h"
#include "eventstore/rocksdb/internal/commit_codec.h"
#include "eventstore/rocksdb/internal/commit_index.h"
#include "eventstore/rocksdb/internal/commit_log.h"
#include "eventstore/rocksdb/internal/commit_tail.h"
#include "eventstore/rocksdb/internal/prepared.h"
#include "eventstore/rocksdb/internal/recent_commits.h"
#include "eventstore/rocksdb/internal/rocksdb_status.h"
#include "eventstore/rules.h"
#include "rocksdb/cache.h"
#include "rocksdb/env.h"

namespace apdr::eventstore {
namespace {

// The most that one step of the indexer writes. A sorted run of rows costs less the closer its rows
// lie to each other in the memtable: with a few thousand commits a row costs twice what it does
// with tens of thousands. Its batch takes some 200 bytes of memory a commit.
constexpr std::size_t kIndexStepCommits = 131'072;
// The most that an append writes that has to help: some ten milliseconds.
constexpr std::size_t kHelpCommits = 4096;
// Commits that leave the tail under one lock, for which appends wait.
constexpr std::size_t kForgetCommits = 32;

// Commits read before they are published to tail and window while recovering.
constexpr std::size_t kRecoverChunkCommits = 4096;

std::string_view ChecksumOf(std::string_view value) {
  return value.substr(value.size() - kChecksumBytes);
}

absl::Status CheckIdentity(const StoreIdentity& stored, const StoreIdentity& wanted) {
  if (stored.shard_count != wanted.shard_count) {
    return absl::FailedPreconditionError(
        absl::StrCat("Expected to open the event store with ", wanted.shard_count,
                     " shards, but it was created with ", stored.shard_count,
                     "; the number of shards never changes."));
  }
  if (stored.demo_clock && !wanted.demo_clock) {
    return absl::FailedPreconditionError(
        "Expected to open the event store with the real clock, but it was created with "
        "--demo-clock and only opens with it.");
  }
  if (!stored.demo_clock && wanted.demo_clock) {
    return absl::FailedPreconditionError(
        "Expected to open the event store with --demo-clock, but it was created without and holds "
        "real records.");
  }
  return absl::OkStatus();
}

absl::Status CheckPlace(CommitPlace place, const std::vector<std::uint64_t>& heads) {
  if (place.shard.value() >= heads.size()) {
    return absl::DataLossError(absl::StrCat("Expected ", heads.size(),
                                            " shards in the log, but it has a commit of shard ",
                                            place.shard.value(), "."));
  }
  const std::uint64_t expected = heads[place.shard.value()] + 1;
  if (place.first_position.value() != expected) {
    return absl::DataLossError(absl::StrCat("Expected position ", expected, " of shard ",
                                            place.shard.value(), " in the log, but position ",
                                            place.first_position.value(), " stands in its place."));
  }
  return absl::OkStatus();
}

}  // namespace

RocksDbEventStore::RocksDbEventStore(Options options)
    : options_(std::move(options)), shard_heads_(options_.shard_count) {}

RocksDbEventStore::~RocksDbEventStore() = default;

absl::StatusOr<std::unique_ptr<RocksDbEventStore>> RocksDbEventStore::Open(Options options) {
  if (options.shard_count == 0) {
    return absl::InvalidArgumentError(
        "Expected to open the event store with at least one shard, but there are 0.");
  }
  std::unique_ptr<RocksDbEventStore> store(new RocksDbEventStore(std::move(options)));
  APDR_RETURN_IF_ERROR(store->OpenDatabases());
  APDR_ASSIGN_OR_RETURN(const Sequence last, store->log_->Last());
  APDR_RETURN_IF_ERROR(store->CheckIndexIsOfThisLog(last));
  APDR_RETURN_IF_ERROR(store->Recover(last));
  return store;
}

absl::Status RocksDbEventStore::OpenDatabases() {
  const RocksDbResources resources{
      .env = options_.env == nullptr ? rocksdb::Env::Default() : options_.env,
      .block_cache = rocksdb::NewLRUCache(options_.block_cache_bytes)};
  APDR_RETURN_IF_ERROR(
      FromOpening(options_.path, resources.env->CreateDirIfMissing(options_.path)));
  APDR_ASSIGN_OR_RETURN(log_, CommitLog::Open(options_.path + "/log", resources));
  const StoreIdentity wanted{.shard_count = options_.shard_count,
                             .demo_clock = options_.demo_clock};
  APDR_ASSIGN_OR_RETURN(const StoreIdentity stored, log_->CreateOrReadIdentity(wanted));
  APDR_RETURN_IF_ERROR(CheckIdentity(stored, wanted));
  APDR_ASSIGN_OR_RETURN(
      index_, CommitIndex::Open(options_.path + "/index", resources, options_.shard_count));
  tail_ = std::make_unique<CommitTail>(index_->position().sequence, options_.kept_commits_max);
  recent_ = std::make_unique<RecentCommits>(options_.shard_count, options_.recent_bytes_max);
  return absl::OkStatus();
}

absl::Status RocksDbEventStore::CheckIndexIsOfThisLog(Sequence last) const {
  const IndexPosition& indexed = index_->position();
  if (indexed.sequence == Sequence(0)) return absl::OkStatus();
  if (indexed.sequence > last) {
    return absl::DataLossError(
        absl::StrCat("Expected the log to reach commit ", indexed.sequence.value(),
                     ", which was durable once, but it ends at ", last.value(),
                     ": acknowledged commits are "
                     "lost."));
  }
  APDR_ASSIGN_OR_RETURN(const auto value, log_->Read(indexed.sequence));
  if (!value || value->size() < kChecksumBytes || ChecksumOf(*value) != indexed.checksum) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Expected the indexes to belong to the log, but commit ", indexed.sequence.value(),
        " is another one; delete the folder index to rebuild them."));
  }
  return absl::OkStatus();
}

absl::Status RocksDbEventStore::Recover(Sequence last) {
  const Sequence indexed = index_->position().sequence;
  durable_sequence_ = indexed.value();
  std::vector<std::uint64_t> heads;
  for (std::size_t shard = 0; shard < shard_heads_.size(); ++shard) {
    heads.push_back(index_->position().shard_heads[shard].value());
    shard_heads_[shard] = heads.back();
  }
  Prepared chunk;
  const auto publish = [&]() -> absl::Status {
    Publish(std::exchange(chunk, Prepared()));
    return MakeRoomInTail(kRecoverChunkCommits);
  };
  const absl::Status scanned = log_->Scan(
      Next(indexed), last, [&](Sequence, std::string_view value) -> absl::StatusOr<bool> {
        APDR_ASSIGN_OR_RETURN(const StoredCommit stored, DecodeCommit(value));
        APDR_RETURN_IF_ERROR(CheckPlace(stored.place, heads));
        heads[stored.place.shard.value()] = stored.last_position().value();
        chunk.rows.push_back(RowsOf(stored.commit, stored.place));
        chunk.values.emplace_back(value);
        if (chunk.rows.size() == kRecoverChunkCommits) APDR_RETURN_IF_ERROR(publish());
        return true;
      });
  APDR_RETURN_IF_ERROR(scanned);
  return publish();
}

absl::StatusOr<std::vector<CommitPlace>> RocksDbEventStore::Append(
    std::span<const Commit> commits) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  APDR_RETURN_IF_ERROR(CheckLimits(commits));
  if (commits.empty()) return std::vector<CommitPlace>();
  APDR_RETURN_IF_ERROR(MakeRoomInTail(commits.size()));
  Prepared prepared;
  prepared.rows.reserve(commits.size());
  prepared.places.reserve(commits.size());
  std::vector<std::uint64_t> heads(shard_heads_.begin(), shard_heads_.end());
  for (const Commit& commit : commits) {
    const Shard shard = ShardOf(commit.stream.case_id, options_.shard_count);
    std::uint64_t& head = heads[shard.value()];
    prepared.places.push_back({.shard = shard, .first_position = Position(head + 1)});
    prepared.rows.push_back(RowsOf(commit, prepared.places.back()));
    head += commit.events.size();
  }
  APDR_RETURN_IF_ERROR(CheckNew(commits, prepared));
  prepared.values.reserve(commits.size());
  for (std::size_t i = 0; i < commits.size(); ++i) {
    prepared.values.push_back(EncodeCommit(commits[i], prepared.places[i]));
  }
  const absl::Status written = log_->Write(Sequence(durable_sequence_ + 1), prepared.values);
  if (!written.ok()) return Fail(written);
  std::vector<CommitPlace> places = std::move(prepared.places);
  Publish(std::move(prepared));
  if (options_.on_durable) options_.on_durable();
  return places;
}

absl::Status RocksDbEventStore::CheckNew(std::span<const Commit> commits,
                                         const Prepared& prepared) const {
  absl::flat_hash_set<std::string_view> requests;
  absl::flat_hash_map<std::string_view, CaseVersion> versions;
  requests.reserve(commits.size());
  versions.reserve(commits.size());
  std::vector<std::string_view> keys;
  keys.reserve(commits.size());
  for (const CommitRows& rows : prepared.rows) {
    keys.insert(keys.end(), rows.request_keys.begin(), rows.request_keys.end());
  }
  APDR_ASSIGN_OR_RETURN(const std::vector<bool> taken, AreKeysTaken(keys));
  auto is_taken = taken.begin();  // In the order of the loops below.
  tail_->Prefetch(prepared.rows);
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const CommitRows& rows = prepared.rows[i];
    for (const std::string& key : rows.request_keys) {
      if (*is_taken++ || !requests.insert(key).second) return RequestIsTaken(commits[i]);
    }
    const auto [version, is_first] = versions.try_emplace(rows.stream_key);
    if (is_first) {
      std::optional<CaseVersion> known = tail_->VersionOf(rows.stream_key);
      if (!known) {
        APDR_ASSIGN_OR_RETURN(known, index_->VersionOf(rows.stream_key));
      }
      version->second = *known;
    }
    APDR_RETURN_IF_ERROR(CheckVersion(commits[i], version->second));
    version->second = rows.last_version;
  }
  return absl::OkStatus();
}

void RocksDbEventStore::Publish(Prepared prepared) {
  const std::uint64_t first = durable_sequence_ + 1;
  const std::size_t count = prepared.rows.size();
  std::vector<std::uint64_t> heads(shard_heads_.begin(), shard_heads_.end());
  for (const CommitRows& rows : prepared.rows) {
    heads[rows.shard.value()] = rows.last_position.value();
  }
  recent_->Add(Sequence(first), prepared.rows, std::move(prepared.values));
  tail_->Add(std::move(prepared.rows));
  durable_sequence_ += count;
  for (std::size_t shard = 0; shard < heads.size(); ++shard) shard_heads_[shard] = heads[shard];
}

absl::Status RocksDbEventStore::MakeRoomInTail(std::size_t commits) {
  const auto is_full = [&] {
    return tail_->not_indexed_count() + commits > options_.tail_commits_max;
  };
  while (is_full()) {
    absl::MutexLock lock(&indexing_mutex_);
    if (!is_full()) break;  // The indexer has made room meanwhile.
    APDR_ASSIGN_OR_RETURN(const StepResult step, IndexSome(kHelpCommits));
    if (step == StepResult::kIdle) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<StepResult> RocksDbEventStore::IndexStep() {
  absl::MutexLock lock(&indexing_mutex_);
  return IndexSome(kIndexStepCommits);
}

absl::StatusOr<StepResult> RocksDbEventStore::IndexSome(std::size_t limit) {
  APDR_RETURN_IF_ERROR(CheckAlive());
  const std::vector<const CommitRows*> commits = tail_->NotIndexed(limit);
  if (commits.empty()) return StepResult::kIdle;
  IndexPosition position = index_->position();
  position.sequence = Sequence(position.sequence.value() + commits.size());
  for (const CommitRows* const rows : commits) {
    position.shard_heads[rows->shard.value()] = rows->last_position;
  }
  APDR_ASSIGN_OR_RETURN(const RecentCommits::Bytes last, LoadBytes(position.sequence));
  position.checksum = ChecksumOf(*last);
  const absl::Status written = index_->Write(commits, position);
  if (!written.ok()) return Fail(written);
  for (std::size_t done = 0; done < commits.size(); done += kForgetCommits) {
    tail_->SetIndexed(std::min(kForgetCommits, commits.size() - done));
  }
  return StepResult::kProgressed;
}

absl::Status RocksDbEventStore::CheckAlive() const {
  if (!failed_) return absl::OkStatus();
  return absl::InternalError(
      "Expected to use the event store, but a write has failed; the process must start again.");
}

absl::Status RocksDbEventStore::Fail(absl::Status status) {
  failed_ = true;
  return status;
}

}  // namespace apdr::eventstore
