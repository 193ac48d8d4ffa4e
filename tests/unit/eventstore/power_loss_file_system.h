#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace apdr::eventstore {

// A disk that can lose its power: everything appended to a file since its last sync is gone
// afterwards, but for a torn piece at the front of it; where the file was longer than what was
// appended, zeros stand in its place. Can also fail the sync of a write-ahead log.
// Does not simulate: loss of unsynced directory entries (creations and renames are durable),
// reordering inside a file but for a hole at the front of what is unsynced, flipped bits, or disks
// that lie about a sync. Thread-safe.
class PowerLossFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  PowerLossFileSystem() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  // The sync of a write-ahead log after `count` more fails, and every one after it.
  void FailWalSyncAfter(std::uint64_t count);
  // From now on nothing reaches the disk.
  void CutPower();
  // Whether the disk remembers that a write-ahead log was longer than what was appended to it (it
  // does, unless told): its length was synced, or was not.
  void RememberLengths(bool remember);
  // REQUIRES: CutPower() was called and nothing is open. Of each file's unsynced bytes the first
  // `torn_bytes` at most are left, and of these the first `hole_bytes` are zeros, as when the disk
  // had written the later ones first; the disk works again.
  void RestorePower(std::uint64_t torn_bytes, std::uint64_t hole_bytes = 0);
  [[nodiscard]] std::uint64_t unsynced_wal_bytes() const;

  const char* Name() const override { return "PowerLossFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class File;
  struct Sizes {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    std::uint64_t length = 0;  // Of a write-ahead log when the power went.
  };

  rocksdb::IOStatus CheckPower() const;
  rocksdb::IOStatus CheckSync(const std::string& path);
  void Appended(const std::string& path, std::uint64_t size);
  void Synced(const std::string& path);

  mutable absl::Mutex mutex_;
  bool has_power_ ABSL_GUARDED_BY(mutex_) = true;
  bool remembers_lengths_ ABSL_GUARDED_BY(mutex_) = true;
  std::uint64_t wal_syncs_left_ ABSL_GUARDED_BY(mutex_) = ~std::uint64_t{0};
  std::map<std::string, Sizes> files_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::eventstore
