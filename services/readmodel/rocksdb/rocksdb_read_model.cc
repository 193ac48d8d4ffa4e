#include "services/readmodel/rocksdb/rocksdb_read_model.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"
#include "services/readmodel/rules.h"

namespace apdr::readmodel {
namespace {

namespace fs = std::filesystem;

constexpr char kProgressPrefix = 'p';
constexpr char kRowPrefix = 'r';
constexpr char kAfterRows = 's';
constexpr const char* kMarkerFile = "READ_MODEL";
constexpr const char* kDamagedFile = "DAMAGED";
constexpr std::size_t kMiB = std::size_t{1} << 20;
// What a row takes in a batch beside its key and value.
constexpr std::size_t kBatchBytesPerRow = 16;

template <class Number>
void AppendBigEndian(Number number, std::string& bytes) {
  for (std::size_t i = sizeof(Number); i > 0; --i) {
    bytes.push_back(static_cast<char>((number >> ((i - 1) * 8)) & 0xff));
  }
}

std::string ProgressKey(Shard shard) {
  std::string key(1, kProgressPrefix);
  AppendBigEndian(shard.value(), key);
  return key;
}

std::string ProgressValue(const Progress& progress) {
  std::string value;
  AppendBigEndian(progress.position.value(), value);
  return value + progress.token;
}

std::optional<Progress> ParseProgress(std::string_view value) {
  if (value.size() < sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t position = 0;
  for (const char byte : value.substr(0, sizeof(position))) {
    position = (position << 8) | static_cast<unsigned char>(byte);
  }
  return Progress{.position = Position(position),
                  .token = std::string(value.substr(sizeof(position)))};
}

std::string RowKey(std::string_view key) {
  std::string row_key(1, kRowPrefix);
  row_key.append(key);
  return row_key;
}

rocksdb::Slice Slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

absl::Status FromRocksDb(std::string_view action, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("Expected to ", std::string(action),
                                        " the read model, but RocksDB says: ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(text) : absl::InternalError(text);
}

absl::Status FromDisk(const std::string& path, const std::error_code& error) {
  return absl::InternalError(absl::StrCat("Expected to use the read model's folder ", path,
                                          ", but the disk says: ", error.message(), "."));
}

// RocksDB has no code for it; the lock file's name is what both of its lock errors (this process,
// another process) share.
bool IsLocked(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("/LOCK") != std::string::npos;
}

absl::Status InUse(const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat("Expected to have the read model at ", path,
                                                    " to itself, but a process has it open."));
}

// Whether the folder is a read model; kFailedPrecondition when it is something else.
absl::StatusOr<bool> Exists(const std::string& path) {
  std::error_code error;
  if (fs::exists(fs::path(path) / kMarkerFile, error)) return true;
  const bool absent = !fs::exists(path, error);
  if (!error && (absent || (fs::is_directory(path, error) && fs::is_empty(path, error)))) {
    return false;
  }
  if (error) return FromDisk(path, error);
  return absl::FailedPreconditionError(absl::StrCat("Expected a read model or an empty folder at ",
                                                    path, ", but it has no file ", kMarkerFile,
                                                    ": it is something else."));
}

const char* MarkerText(Contents contents) {
  return contents == Contents::kDerived
             ? "An apdr read model: derived data, which may be deleted while nobody has it open.\n"
             : "Rows of apdr that stand nowhere else: do not delete this folder, and back it up.\n";
}

const char* DamagedText(Contents contents) {
  return contents == Contents::kDerived
             ? "Damaged bytes were met in this read model: it is made anew when it is opened "
               "next.\n"
             : "Damaged bytes were met in these rows, which stand nowhere else: nothing opens them "
               "any more. Restore the folder.\n";
}

absl::Status CreateFolder(const std::string& path, Contents contents) {
  std::error_code error;
  fs::create_directory(path, error);
  if (error) return FromDisk(path, error);
  std::ofstream marker(fs::path(path) / kMarkerFile);
  marker << MarkerText(contents) << std::flush;
  if (!marker) return FromDisk(path, std::make_error_code(std::errc::io_error));
  return absl::OkStatus();
}

rocksdb::Options DatabaseOptions() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // A torn tail is what a crash of the machine leaves behind.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // Fail-stop: a database that failed in the background stays failed until it is opened again.
  options.max_bgerror_resume_count = 0;
  options.compression = rocksdb::kLZ4Compression;
  options.bytes_per_sync = kMiB;
  options.max_log_file_size = 8 * kMiB;
  options.keep_log_file_num = 4;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(64 * kMiB);
  table.format_version = 5;
  constexpr double kBloomBitsPerKey = 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

Row RowAt(const rocksdb::Iterator& place) {
  rocksdb::Slice key = place.key();
  key.remove_prefix(1);
  return {.key = key.ToString(), .value = place.value().ToString()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbReadModel>> RocksDbReadModel::Open(const std::string& path,
                                                                         Contents contents) {
  APDR_ASSIGN_OR_RETURN(const bool exists, Exists(path));
  if (!exists) APDR_RETURN_IF_ERROR(CreateFolder(path, contents));
  if (std::error_code error; fs::exists(fs::path(path) / kDamagedFile, error)) {
    return absl::DataLossError(absl::StrCat("Expected to open the read model at ", path,
                                            ", but it was found damaged when it was open last."));
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(DatabaseOptions(), path, &db);
  if (IsLocked(status)) return InUse(path);
  // A missing file is damage too: RocksDB answers it with an I/O error of its own kind.
  if (status.IsPathNotFound() || status.IsInvalidArgument()) {
    return absl::DataLossError(absl::StrCat("Expected to open the read model at ", path,
                                            ", but RocksDB says: ", status.ToString()));
  }
  APDR_RETURN_IF_ERROR(FromRocksDb("open", status));
  return std::unique_ptr<RocksDbReadModel>(
      new RocksDbReadModel(path, contents, std::unique_ptr<rocksdb::DB>(db)));
}

absl::Status RocksDbReadModel::Destroy(const std::string& path) {
  APDR_ASSIGN_OR_RETURN(const bool exists, Exists(path));
  if (!exists) return absl::OkStatus();
  // Takes the lock, so that nothing is pulled away under a process that has it open.
  const rocksdb::Status status = rocksdb::DestroyDB(path, rocksdb::Options());
  if (IsLocked(status)) return InUse(path);
  std::error_code error;
  // Before READ_MODEL, without which a folder that is not empty is left alone.
  fs::remove(fs::path(path) / kDamagedFile, error);
  if (error) return FromDisk(path, error);
  fs::remove_all(path, error);
  return error ? FromDisk(path, error) : absl::OkStatus();
}

RocksDbReadModel::RocksDbReadModel(std::string path, Contents contents,
                                   std::unique_ptr<rocksdb::DB> db)
    : path_(std::move(path)), contents_(contents), db_(std::move(db)) {}

RocksDbReadModel::~RocksDbReadModel() = default;

absl::Status RocksDbReadModel::NoteDamage(absl::Status status) const {
  // A mark that cannot be left is left by whoever meets the damage next.
  if (absl::IsDataLoss(status)) {
    std::ofstream(fs::path(path_) / kDamagedFile) << DamagedText(contents_);
  }
  return status;
}

absl::Status RocksDbReadModel::Apply(const Write& write) {
  CheckWrite(write);
  std::size_t bytes = 0;
  for (const Row& row : write.puts) bytes += row.key.size() + row.value.size() + kBatchBytesPerRow;
  rocksdb::WriteBatch batch(bytes);
  rocksdb::Status status;
  for (const Row& row : write.puts) {
    if (status.ok()) status = batch.Put(RowKey(row.key), row.value);
  }
  for (const std::string& key : write.deletes) {
    if (status.ok()) status = batch.Delete(RowKey(key));
  }
  for (const ShardProgress& entry : write.progress) {
    if (status.ok()) status = batch.Put(ProgressKey(entry.shard), ProgressValue(entry.progress));
  }
  rocksdb::WriteOptions options;
  options.sync = write.synced;
  if (status.ok()) status = db_->Write(options, &batch);
  return NoteDamage(FromRocksDb("write", status));
}

absl::StatusOr<std::optional<std::string>> RocksDbReadModel::Get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), RowKey(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  APDR_RETURN_IF_ERROR(NoteDamage(FromRocksDb("read", status)));
  return value;
}

absl::StatusOr<std::vector<Row>> RocksDbReadModel::Scan(const Range& range) const {
  std::vector<Row> rows;
  if (!CheckRange(range)) return rows;
  const std::string begin = RowKey(range.begin);
  const std::string end = range.end.empty() ? std::string(1, kAfterRows) : RowKey(range.end);
  const rocksdb::Slice lower = Slice(begin);
  const rocksdb::Slice upper = Slice(end);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> place(db_->NewIterator(options));
  const bool forward = range.direction == Direction::kForward;
  forward ? place->SeekToFirst() : place->SeekToLast();
  while (place->Valid() && rows.size() < range.limit) {
    rows.push_back(RowAt(*place));
    forward ? place->Next() : place->Prev();
  }
  APDR_RETURN_IF_ERROR(NoteDamage(FromRocksDb("scan", place->status())));
  return rows;
}

absl::StatusOr<Progress> RocksDbReadModel::ReadProgress(Shard shard) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), ProgressKey(shard), &value);
  if (status.IsNotFound()) return Progress{};
  APDR_RETURN_IF_ERROR(NoteDamage(FromRocksDb("read", status)));
  const std::optional<Progress> progress = ParseProgress(value);
  if (!progress) {
    return NoteDamage(absl::DataLossError(
        absl::StrCat("Expected the progress of shard ", shard.value(),
                     " to start with a position, but it has only ", value.size(), " bytes.")));
  }
  return *progress;
}

}  // namespace apdr::readmodel
