#include "eventstore/rocksdb/internal/zeroed_ahead.h"

#include <string>
#include <utility>

namespace apdr::eventstore {
namespace {

class ZeroedAheadFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  // `zeros` is a second handle on the same file: what RocksDB writes does not pass through it.
  ZeroedAheadFile(std::unique_ptr<rocksdb::FSWritableFile> file,
                  std::unique_ptr<rocksdb::FSRandomRWFile> zeros)
      : FSWritableFileOwnerWrapper(std::move(file)), zeros_(std::move(zeros)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    ZeroFor(data.size(), options, debug);
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* debug) override {
    ZeroFor(data.size(), options, debug);
    return FSWritableFileOwnerWrapper::Append(data, options, verification, debug);
  }
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    // Zeros that stay do no harm.
    Truncate(GetFileSize(options, debug), options, debug).PermitUncheckedError();
    return FSWritableFileOwnerWrapper::Close(options, debug);
  }

 private:
  void ZeroFor(std::uint64_t bytes, const rocksdb::IOOptions& options,
               rocksdb::IODebugContext* debug) {
    static const std::string& piece = *new std::string(kZeroedAtATime, '\0');
    const std::uint64_t end = GetFileSize(options, debug) + bytes;
    while (zeros_ != nullptr && end > zeroed_) {
      if (!zeros_->Write(zeroed_, piece, options, debug).ok()) {
        zeros_.reset();  // The append itself will tell what is wrong with the disk.
        return;
      }
      zeroed_ += kZeroedAtATime;
    }
  }

  std::unique_ptr<rocksdb::FSRandomRWFile> zeros_;  // Null: the file grows.
  std::uint64_t zeroed_ = 0;                        // How far; the data never reaches beyond.
};

class ZeroedAheadFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;

  const char* Name() const override { return "ZeroedAheadFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus created = FileSystemWrapper::NewWritableFile(path, options, file, debug);
    if (!created.ok() || !path.ends_with(".log")) return created;
    std::unique_ptr<rocksdb::FSRandomRWFile> zeros;
    if (NewRandomRWFile(path, options, &zeros, debug).ok()) {
      *file = std::make_unique<ZeroedAheadFile>(std::move(*file), std::move(zeros));
    }
    return created;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> ZeroLogsAhead(
    std::shared_ptr<rocksdb::FileSystem> file_system) {
  return std::make_shared<ZeroedAheadFileSystem>(std::move(file_system));
}

}  // namespace apdr::eventstore
