#include "tests/unit/eventstore/power_loss_file_system.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "engine/base/check.h"

namespace apdr::eventstore {
namespace {

bool IsWal(const std::string& path) { return path.ends_with(".log"); }

void Zero(const std::string& path, std::uint64_t from, std::uint64_t bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(from));
  file << std::string(bytes, '\0') << std::flush;
  APDR_CHECK(file.good());
}

}  // namespace

class PowerLossFileSystem::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> target, std::string path, PowerLossFileSystem& disk)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(target)),
        path_(std::move(path)),
        disk_(disk) {}

  using rocksdb::FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (rocksdb::IOStatus power = disk_.CheckPower(); !power.ok()) return power;
    rocksdb::IOStatus status = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (status.ok()) disk_.Appended(path_, data.size());
    return status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    if (rocksdb::IOStatus fault = disk_.CheckSync(path_); !fault.ok()) return fault;
    rocksdb::IOStatus status = FSWritableFileOwnerWrapper::Sync(options, debug);
    if (status.ok()) disk_.Synced(path_);
    return status;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  const std::string path_;
  PowerLossFileSystem& disk_;
};

void PowerLossFileSystem::FailWalSyncAfter(std::uint64_t count) {
  absl::MutexLock lock(&mutex_);
  wal_syncs_left_ = count;
}

void PowerLossFileSystem::CutPower() {
  absl::MutexLock lock(&mutex_);
  has_power_ = false;
  for (auto& [path, sizes] : files_) {
    if (IsWal(path)) sizes.length = std::filesystem::file_size(path);
  }
}

void PowerLossFileSystem::RememberLengths(bool remember) {
  absl::MutexLock lock(&mutex_);
  remembers_lengths_ = remember;
}

void PowerLossFileSystem::RestorePower(std::uint64_t torn_bytes, std::uint64_t hole_bytes) {
  absl::MutexLock lock(&mutex_);
  APDR_CHECK(!has_power_);
  for (auto& [path, sizes] : files_) {
    sizes.written = std::min(sizes.written, sizes.synced + torn_bytes);
    std::filesystem::resize_file(path, sizes.written);
    Zero(path, sizes.synced, std::min(sizes.written - sizes.synced, hole_bytes));
    sizes.synced = sizes.written;
    if (remembers_lengths_ && sizes.length > sizes.written) {
      std::filesystem::resize_file(path, sizes.length);
    }
    sizes.length = 0;
  }
  has_power_ = true;
  wal_syncs_left_ = ~std::uint64_t{0};
}

std::uint64_t PowerLossFileSystem::unsynced_wal_bytes() const {
  absl::MutexLock lock(&mutex_);
  std::uint64_t bytes = 0;
  for (const auto& [path, sizes] : files_) {
    if (IsWal(path)) bytes += sizes.written - sizes.synced;
  }
  return bytes;
}

rocksdb::IOStatus PowerLossFileSystem::NewWritableFile(
    const std::string& path, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* debug) {
  if (rocksdb::IOStatus power = CheckPower(); !power.ok()) return power;
  rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, file, debug);
  if (!status.ok()) return status;
  *file = std::make_unique<File>(std::move(*file), path, *this);
  absl::MutexLock lock(&mutex_);
  files_[path] = Sizes();
  return status;
}

rocksdb::IOStatus PowerLossFileSystem::ReuseWritableFile(const std::string&, const std::string&,
                                                         const rocksdb::FileOptions&,
                                                         std::unique_ptr<rocksdb::FSWritableFile>*,
                                                         rocksdb::IODebugContext*) {
  return rocksdb::IOStatus::NotSupported("write-ahead logs are not recycled");
}

rocksdb::IOStatus PowerLossFileSystem::RenameFile(const std::string& from, const std::string& to,
                                                  const rocksdb::IOOptions& options,
                                                  rocksdb::IODebugContext* debug) {
  if (rocksdb::IOStatus power = CheckPower(); !power.ok()) return power;
  rocksdb::IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
  absl::MutexLock lock(&mutex_);
  const auto moved = files_.find(from);
  if (status.ok() && moved != files_.end()) {
    files_[to] = moved->second;
    files_.erase(from);
  }
  return status;
}

rocksdb::IOStatus PowerLossFileSystem::DeleteFile(const std::string& path,
                                                  const rocksdb::IOOptions& options,
                                                  rocksdb::IODebugContext* debug) {
  if (rocksdb::IOStatus power = CheckPower(); !power.ok()) return power;
  rocksdb::IOStatus status = FileSystemWrapper::DeleteFile(path, options, debug);
  absl::MutexLock lock(&mutex_);
  if (status.ok()) files_.erase(path);
  return status;
}

rocksdb::IOStatus PowerLossFileSystem::CheckPower() const {
  absl::MutexLock lock(&mutex_);
  return has_power_ ? rocksdb::IOStatus::OK() : rocksdb::IOStatus::IOError("the power is gone");
}

rocksdb::IOStatus PowerLossFileSystem::CheckSync(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  if (!has_power_) return rocksdb::IOStatus::IOError("the power is gone");
  if (!IsWal(path)) return rocksdb::IOStatus::OK();
  if (wal_syncs_left_ == 0) return rocksdb::IOStatus::IOError("the sync has failed");
  --wal_syncs_left_;
  return rocksdb::IOStatus::OK();
}

void PowerLossFileSystem::Appended(const std::string& path, std::uint64_t size) {
  absl::MutexLock lock(&mutex_);
  files_[path].written += size;
}

void PowerLossFileSystem::Synced(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  files_[path].synced = files_[path].written;
}

}  // namespace apdr::eventstore
