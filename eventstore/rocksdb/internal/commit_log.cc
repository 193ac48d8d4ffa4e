#include "eventstore/rocksdb/internal/commit_log.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "eventstore/rocksdb/internal/bytes.h"
#include "eventstore/rocksdb/internal/rocksdb_status.h"
#include "eventstore/rocksdb/internal/zeroed_ahead.h"
#include "rocksdb/env.h"

namespace apdr::eventstore {
namespace {

enum Family : std::size_t { kIdentity, kLog, kCursors };

// Stored for ever; never renumber.
constexpr std::string_view kIdentityKey = "identity";
constexpr char kIdentityFormat = 1;
constexpr char kDemoClockFlag = 1;
static_assert(kIdentityFormat == 1 && kDemoClockFlag == 1);

constexpr std::size_t kProtectionBytesPerKey = 8;

std::string LogKey(Sequence sequence) {
  std::string key;
  PutFixed64(key, sequence.value());
  return key;
}

std::string CursorKey(std::string_view consumer, Shard shard) {
  std::string key(consumer);
  PutFixed32(key, shard.value());
  return key;
}

absl::StatusOr<StoreIdentity> DecodeIdentity(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view format = reader.Raw(1);
  const std::uint32_t shard_count = reader.Fixed32();
  const std::string_view flags = reader.Raw(1);
  if (!reader.AtEnd() || format[0] != kIdentityFormat || shard_count == 0 ||
      (flags[0] & ~kDemoClockFlag) != 0) {
    return absl::DataLossError("Expected to decode the store's identity, but it is damaged.");
  }
  return StoreIdentity{.shard_count = shard_count, .demo_clock = flags[0] == kDemoClockFlag};
}

absl::Status Missing(Sequence sequence) {
  return absl::DataLossError(absl::StrCat("Expected to read commit ", sequence.value(),
                                          " of the log, but it is missing."));
}

}  // namespace

absl::StatusOr<std::unique_ptr<CommitLog>> CommitLog::Open(const std::string& path,
                                                           const RocksDbResources& resources) {
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, SmallFamilyOptions(resources)},
      {"log", LogFamilyOptions(resources)},
      {"cursors", SmallFamilyOptions(resources)}};
  rocksdb::DBOptions options = LogDbOptions(resources);
  auto env = rocksdb::NewCompositeEnv(ZeroLogsAhead(options.env->GetFileSystem()));
  options.env = env.get();
  APDR_ASSIGN_OR_RETURN(auto database, Database::Open(path, options, families));
  return std::unique_ptr<CommitLog>(new CommitLog(std::move(env), std::move(database)));
}

CommitLog::CommitLog(std::unique_ptr<rocksdb::Env> env, std::unique_ptr<Database> database)
    : env_(std::move(env)),
      database_(std::move(database)),
      batch_(/*reserved_bytes=*/0, /*max_bytes=*/0, kProtectionBytesPerKey,
             /*default_cf_ts_sz=*/0) {}

absl::StatusOr<StoreIdentity> CommitLog::CreateOrReadIdentity(const StoreIdentity& wanted) {
  rocksdb::DB& db = database_->db();
  std::string value;
  const rocksdb::Status found =
      db.Get(rocksdb::ReadOptions(), database_->family(kIdentity), kIdentityKey, &value);
  if (!found.IsNotFound()) {
    APDR_RETURN_IF_ERROR(FromRocksDb("read the store's identity", found));
    return DecodeIdentity(value);
  }
  APDR_ASSIGN_OR_RETURN(const Sequence last, Last());
  if (last != Sequence(0)) {
    return absl::DataLossError("Expected to open the event store, but its identity is missing.");
  }
  value.push_back(kIdentityFormat);
  PutFixed32(value, wanted.shard_count);
  value.push_back(wanted.demo_clock ? kDemoClockFlag : '\0');
  rocksdb::WriteOptions options;
  options.sync = true;
  APDR_RETURN_IF_ERROR(
      FromRocksDb("write the store's identity",
                  db.Put(options, database_->family(kIdentity), kIdentityKey, value)));
  return wanted;
}

absl::Status CommitLog::Write(Sequence first, std::span<const std::string> values) {
  batch_.Clear();
  Sequence sequence = first;
  for (const std::string& value : values) {
    APDR_RETURN_IF_ERROR(FromRocksDb("collect an append",
                                     batch_.Put(database_->family(kLog), LogKey(sequence), value)));
    sequence = Next(sequence);
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  return FromRocksDb("append to the log", database_->db().Write(options, &batch_));
}

absl::StatusOr<Sequence> CommitLog::Last() const {
  const std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->family(kLog)));
  rows->SeekToLast();
  APDR_RETURN_IF_ERROR(FromRocksDb("find the end of the log", rows->status()));
  if (!rows->Valid()) return Sequence(0);
  return Sequence(ByteReader(rows->key().ToStringView()).Fixed64());
}

absl::StatusOr<std::optional<std::string>> CommitLog::Read(Sequence sequence) const {
  std::string value;
  const rocksdb::Status status = database_->db().Get(
      rocksdb::ReadOptions(), database_->family(kLog), LogKey(sequence), &value);
  if (status.IsNotFound()) return std::nullopt;
  APDR_RETURN_IF_ERROR(FromRocksDb("read the log", status));
  return value;
}

absl::Status CommitLog::Scan(Sequence first, Sequence last, Visitor visit) const {
  rocksdb::ReadOptions options;
  options.readahead_size = 256 * 1024;
  const std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(options, database_->family(kLog)));
  Sequence expected = first;
  for (rows->Seek(LogKey(first)); rows->Valid() && expected <= last; rows->Next()) {
    if (rows->key().ToStringView() != LogKey(expected)) return Missing(expected);
    APDR_ASSIGN_OR_RETURN(const bool more, visit(expected, rows->value().ToStringView()));
    if (!more) return absl::OkStatus();
    expected = Next(expected);
  }
  APDR_RETURN_IF_ERROR(FromRocksDb("read the log", rows->status()));
  return expected <= last ? Missing(expected) : absl::OkStatus();
}

absl::StatusOr<Position> CommitLog::ReadCursor(std::string_view consumer, Shard shard) const {
  std::string value;
  const rocksdb::Status status = database_->db().Get(
      rocksdb::ReadOptions(), database_->family(kCursors), CursorKey(consumer, shard), &value);
  if (status.IsNotFound()) return Position(0);
  APDR_RETURN_IF_ERROR(FromRocksDb("read a cursor", status));
  ByteReader reader(value);
  const Position position(reader.Fixed64());
  if (!reader.AtEnd()) {
    return absl::DataLossError("Expected to decode a cursor, but it is damaged.");
  }
  return position;
}

absl::Status CommitLog::WriteCursor(std::string_view consumer, Shard shard, Position position) {
  std::string value;
  PutFixed64(value, position.value());
  return FromRocksDb("write a cursor",
                     database_->db().Put(rocksdb::WriteOptions(), database_->family(kCursors),
                                         CursorKey(consumer, shard), value));
}

}  // namespace apdr::eventstore
