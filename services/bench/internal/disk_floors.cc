#include "services/bench/internal/disk_floors.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace apdr::bench {
namespace {

absl::Status Failed(const std::string& path, const std::string& fact) {
  return absl::UnavailableError(
      absl::StrCat("Expected to write under ", path, ", but ", fact, "."));
}

// Calls `write` until the time is over, or until it fails.
absl::StatusOr<Measurement> Repeat(absl::Duration time,
                                   const std::function<absl::Status()>& write) {
  Measurement result;
  const std::int64_t begin = NowNanos();
  const std::int64_t end = begin + absl::ToInt64Nanoseconds(time);
  std::int64_t now = begin;
  while (now < end) {
    if (absl::Status written = write(); !written.ok()) return written;
    const std::int64_t done = NowNanos();
    result.latencies_ns.push_back(done - now);
    now = done;
    ++result.calls;
  }
  result.seconds = static_cast<double>(now - begin) / 1e9;
  return result;
}

// Keys whose order is that of the numbers.
std::string KeyOf(std::uint64_t number) {
  std::string key(sizeof(number), '\0');
  for (std::size_t i = key.size(); i > 0; --i) {
    key[i - 1] = static_cast<char>(number & 0xffU);
    number >>= 8U;
  }
  return key;
}

}  // namespace

absl::StatusOr<FloorDirectory> FloorDirectory::Make(const std::string& parent) {
  std::error_code none;
  const std::string base =
      parent.empty() ? std::filesystem::temp_directory_path(none).string() : parent;
  std::string path = base + "/apdr-bench-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return Failed(base, "no directory can be made there");
  return FloorDirectory(std::move(path));
}

FloorDirectory::FloorDirectory(FloorDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

FloorDirectory::~FloorDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

absl::StatusOr<Measurement> DriveFileSync(const FloorDirectory& directory, absl::Duration time) {
  const std::string path = directory.path() + "/append";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return Failed(path, "it cannot be opened");
  const absl::Cleanup close_file = [file] { close(file); };
  const std::string value(kFloorValueBytes, 'v');
  return Repeat(time, [&]() -> absl::Status {
    const auto size = static_cast<ssize_t>(value.size());
    if (write(file, value.data(), value.size()) == size && fdatasync(file) == 0) {
      return absl::OkStatus();
    }
    return Failed(path, "a write or its sync failed");
  });
}

absl::StatusOr<Measurement> DriveRocksDbSync(const FloorDirectory& directory, absl::Duration time) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, directory.path() + "/rocksdb", &opened);
  if (!status.ok()) return Failed(directory.path(), status.ToString());
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::string value(kFloorValueBytes, 'v');
  std::uint64_t number = 0;
  return Repeat(time, [&]() -> absl::Status {
    const rocksdb::Status written = db->Put(synced, KeyOf(++number), value);
    return written.ok() ? absl::OkStatus() : Failed(directory.path(), written.ToString());
  });
}

}  // namespace apdr::bench
