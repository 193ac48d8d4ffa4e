#include "eventstore/rocksdb/internal/commit_index.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "eventstore/rocksdb/internal/bytes.h"
#include "eventstore/rocksdb/internal/commit_codec.h"
#include "eventstore/rocksdb/internal/rocksdb_status.h"
#include "rocksdb/write_batch.h"

namespace apdr::eventstore {
namespace {

enum Family : std::size_t { kPosition, kStreams, kRequests, kTimers, kShards, kSnapshots };

// Stored for ever; never renumber.
constexpr std::string_view kPositionKey = "position";
constexpr char kPositionFormat = 1;
static_assert(kPositionFormat == 1);

// A shard has a row for its first commit in each block of this many commits, so a reader skips at
// most this many to find its place.
constexpr std::uint64_t kShardBlockCommits = 1024;

// A case's row at version 0 holds its head.
constexpr CaseVersion kHeadRow(0);

std::string VersionKey(std::string_view stream_key, CaseVersion version) {
  std::string key;
  key.reserve(stream_key.size() + sizeof(std::uint64_t));
  key.append(stream_key);
  PutFixed64(key, version.value());
  return key;
}

std::string ShardKey(Shard shard, Position position) {
  std::string key;
  PutFixed32(key, shard.value());
  PutFixed64(key, position.value());
  return key;
}

std::string Number(std::uint64_t number) {
  std::string value;
  PutFixed64(value, number);
  return value;
}

absl::Status Damaged() {
  return absl::DataLossError(
      "Expected to decode a row of the indexes, but it is damaged; delete the folder index to "
      "rebuild them.");
}

absl::StatusOr<std::uint64_t> DecodeNumber(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::uint64_t number = reader.Fixed64();
  if (!reader.AtEnd()) return Damaged();
  return number;
}

std::string EncodePosition(const IndexPosition& position) {
  std::string value(1, kPositionFormat);
  PutFixed64(value, position.sequence.value());
  PutBytes(value, position.checksum);
  PutVarint(value, position.shard_heads.size());
  for (const Position head : position.shard_heads) PutVarint(value, head.value());
  return value;
}

absl::StatusOr<IndexPosition> DecodePosition(std::string_view bytes, std::uint32_t shard_count) {
  ByteReader reader(bytes);
  const std::string_view format = reader.Raw(1);
  IndexPosition position;
  position.sequence = Sequence(reader.Fixed64());
  position.checksum = reader.Bytes();
  position.shard_heads.resize(reader.Count());
  for (Position& head : position.shard_heads) head = Position(reader.Varint());
  if (!reader.AtEnd() || format[0] != kPositionFormat ||
      position.shard_heads.size() != shard_count) {
    return Damaged();
  }
  return position;
}

// Bytes that a batch has room for from the start: the rows of cases and request ids, and a head for
// each case.
std::size_t BatchBytes(std::span<const CommitRows* const> commits) {
  constexpr std::size_t kRowBytes = 3 * sizeof(std::uint64_t);  // Beside the key.
  std::size_t bytes = 0;
  for (const CommitRows* const commit : commits) {
    bytes += 2 * (commit->stream_key.size() + kRowBytes);
    for (const std::string& key : commit->request_keys) bytes += key.size() + kRowBytes;
  }
  return bytes;
}

// Rows for one batch, sorted, so that each insertion finds its place beside the one before.
class RowSet {
 public:
  explicit RowSet(std::size_t commits) {
    streams_.reserve(commits);
    requests_.reserve(commits);
  }

  // The next commit.
  void Add(const CommitRows& commit, Sequence sequence) {
    streams_.push_back({commit.stream_key, commit.last_version, sequence});
    for (const std::string& key : commit.request_keys) requests_.emplace_back(key, sequence);
    for (const std::string& key : commit.timers_stopped) timers_[key] = false;
    for (const std::string& key : commit.timers_started) timers_[key] = true;
  }

  rocksdb::Status PutInto(rocksdb::WriteBatch& batch, const Database& database) {
    rocksdb::Status status = PutStreams(batch, database.family(kStreams));
    std::ranges::sort(requests_);
    for (const auto& [key, sequence] : requests_) {
      if (status.ok()) {
        status = batch.Put(database.family(kRequests), key, Number(sequence.value()));
      }
    }
    for (const auto& [key, running] : timers_) {
      if (!status.ok()) break;
      rocksdb::ColumnFamilyHandle* const family = database.family(kTimers);
      status = running ? batch.Put(family, key, "") : batch.Delete(family, key);
    }
    return status;
  }

 private:
  struct StreamRow {
    std::string_view stream_key;
    CaseVersion last_version;
    Sequence sequence;

    friend auto operator<=>(const StreamRow&, const StreamRow&) = default;
  };

  rocksdb::Status PutStreams(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family) {
    std::ranges::sort(streams_);
    rocksdb::Status status;
    for (auto row = streams_.begin(); row != streams_.end() && status.ok();) {
      const auto end = std::find_if(row, streams_.end(), [&](const StreamRow& other) {
        return other.stream_key != row->stream_key;
      });
      const CaseVersion head = std::prev(end)->last_version;
      status = batch.Put(family, VersionKey(row->stream_key, kHeadRow), Number(head.value()));
      for (; row != end && status.ok(); ++row) {
        status = batch.Put(family, VersionKey(row->stream_key, row->last_version),
                           Number(row->sequence.value()));
      }
    }
    return status;
  }

  std::vector<StreamRow> streams_;
  std::vector<std::pair<std::string_view, Sequence>> requests_;
  std::map<std::string_view, bool> timers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CommitIndex>> CommitIndex::Open(const std::string& path,
                                                               const RocksDbResources& resources,
                                                               std::uint32_t shard_count) {
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, SmallFamilyOptions(resources)},
      {"streams", LookupFamilyOptions(resources)},
      {"requests", LookupFamilyOptions(resources)},
      {"timers", TimerFamilyOptions(resources)},
      {"shards", SmallFamilyOptions(resources)},
      {"snapshots", LookupFamilyOptions(resources)}};
  APDR_ASSIGN_OR_RETURN(auto database, Database::Open(path, IndexDbOptions(resources), families));
  std::unique_ptr<CommitIndex> index(new CommitIndex(std::move(database)));
  APDR_RETURN_IF_ERROR(index->LoadPosition(shard_count));
  return index;
}

absl::Status CommitIndex::LoadPosition(std::uint32_t shard_count) {
  position_.shard_heads.resize(shard_count);
  shard_row_blocks_.resize(shard_count, std::numeric_limits<std::uint64_t>::max());
  std::string value;
  const rocksdb::Status status = database_->db().Get(
      rocksdb::ReadOptions(), database_->family(kPosition), kPositionKey, &value);
  if (status.IsNotFound()) return absl::OkStatus();
  APDR_RETURN_IF_ERROR(FromRocksDb("read the position of the indexes", status));
  APDR_ASSIGN_OR_RETURN(position_, DecodePosition(value, shard_count));
  return absl::OkStatus();
}

absl::Status CommitIndex::Write(std::span<const CommitRows* const> commits,
                                const IndexPosition& position) {
  rocksdb::WriteBatch batch(BatchBytes(commits));
  RowSet rows(commits.size());
  Sequence sequence = position_.sequence;
  rocksdb::Status status;
  for (const CommitRows* const commit : commits) {
    sequence = Next(sequence);
    rows.Add(*commit, sequence);
    std::uint64_t& block = shard_row_blocks_[commit->shard.value()];
    if (status.ok() && block != sequence.value() / kShardBlockCommits) {
      block = sequence.value() / kShardBlockCommits;
      status = batch.Put(database_->family(kShards),
                         ShardKey(commit->shard, commit->first_position), Number(sequence.value()));
    }
  }
  if (status.ok()) status = rows.PutInto(batch, *database_);
  if (status.ok()) {
    status = batch.Put(database_->family(kPosition), kPositionKey, EncodePosition(position));
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  if (status.ok()) status = database_->db().Write(options, &batch);
  APDR_RETURN_IF_ERROR(FromRocksDb("write the indexes", status));
  position_ = position;
  return absl::OkStatus();
}

absl::StatusOr<CaseVersion> CommitIndex::VersionOf(const std::string& stream_key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      database_->db().Get(rocksdb::ReadOptions(), database_->family(kStreams),
                          VersionKey(stream_key, kHeadRow), &value);
  if (status.IsNotFound()) return CaseVersion(0);
  APDR_RETURN_IF_ERROR(FromRocksDb("look up a case", status));
  APDR_ASSIGN_OR_RETURN(const std::uint64_t version, DecodeNumber(value.ToStringView()));
  return CaseVersion(version);
}

absl::StatusOr<std::optional<Sequence>> CommitIndex::FindRequest(
    const std::string& request_key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = database_->db().Get(
      rocksdb::ReadOptions(), database_->family(kRequests), request_key, &value);
  if (status.IsNotFound()) return std::nullopt;
  APDR_RETURN_IF_ERROR(FromRocksDb("look up a request id", status));
  APDR_ASSIGN_OR_RETURN(const std::uint64_t sequence, DecodeNumber(value.ToStringView()));
  return Sequence(sequence);
}

absl::Status CommitIndex::MarkTaken(std::span<const std::string_view> request_keys,
                                    std::vector<bool>& taken) const {
  APDR_CHECK(taken.size() == request_keys.size());
  std::vector<std::size_t> places;
  std::vector<rocksdb::Slice> keys;
  places.reserve(request_keys.size());
  keys.reserve(request_keys.size());
  for (std::size_t i = 0; i < request_keys.size(); ++i) {
    if (taken[i]) continue;
    places.push_back(i);
    keys.emplace_back(request_keys[i]);
  }
  if (keys.empty()) return absl::OkStatus();
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database_->db().MultiGet(rocksdb::ReadOptions(), database_->family(kRequests), keys.size(),
                           keys.data(), values.data(), statuses.data());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    APDR_RETURN_IF_ERROR(FromRocksDb("look up a request id", statuses[i]));
    taken[places[i]] = true;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Sequence>> CommitIndex::Stream(const std::string& stream_key,
                                                          VersionRange range,
                                                          std::size_t limit) const {
  std::vector<Sequence> found;
  const std::string first = VersionKey(stream_key, std::max(range.from, CaseVersion(1)));
  const std::string end = VersionKey(stream_key, range.before);
  if (first >= end) return found;
  const rocksdb::Slice upper_bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(options, database_->family(kStreams)));
  for (rows->Seek(first); rows->Valid() && found.size() < limit; rows->Next()) {
    APDR_ASSIGN_OR_RETURN(const std::uint64_t sequence, DecodeNumber(rows->value().ToStringView()));
    found.emplace_back(sequence);
  }
  APDR_RETURN_IF_ERROR(FromRocksDb("look up a case", rows->status()));
  return found;
}

absl::StatusOr<Sequence> CommitIndex::SeekShard(Shard shard, Position position) const {
  const std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->family(kShards)));
  rows->SeekForPrev(ShardKey(shard, position));
  APDR_RETURN_IF_ERROR(FromRocksDb("look up a position", rows->status()));
  if (!rows->Valid() || ByteReader(rows->key().ToStringView()).Fixed32() != shard.value()) {
    return Sequence(1);
  }
  APDR_ASSIGN_OR_RETURN(const std::uint64_t sequence, DecodeNumber(rows->value().ToStringView()));
  return Sequence(sequence);
}

absl::Status CommitIndex::Timers(const std::string& bound, TimerVisitor visit) const {
  const rocksdb::Slice upper_bound(bound);
  rocksdb::ReadOptions options;
  if (!bound.empty()) options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(options, database_->family(kTimers)));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    APDR_ASSIGN_OR_RETURN(const bool more, visit(rows->key().ToStringView()));
    if (!more) return absl::OkStatus();
  }
  return FromRocksDb("look up the timers", rows->status());
}

absl::StatusOr<std::optional<Snapshot>> CommitIndex::ReadSnapshot(const StreamId& stream) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = database_->db().Get(
      rocksdb::ReadOptions(), database_->family(kSnapshots), StreamKey(stream), &value);
  if (status.IsNotFound()) return std::nullopt;
  APDR_RETURN_IF_ERROR(FromRocksDb("read a snapshot", status));
  return DecodeSnapshot(value.ToStringView());
}

absl::Status CommitIndex::WriteSnapshot(const StreamId& stream, const Snapshot& snapshot) {
  absl::MutexLock lock(&snapshot_mutex_);
  APDR_ASSIGN_OR_RETURN(const std::optional<Snapshot> kept, ReadSnapshot(stream));
  if (kept && kept->version > snapshot.version) return absl::OkStatus();
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return FromRocksDb("write a snapshot",
                     database_->db().Put(options, database_->family(kSnapshots), StreamKey(stream),
                                         EncodeSnapshot(snapshot)));
}

}  // namespace apdr::eventstore
