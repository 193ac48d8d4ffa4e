#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/bench/internal/measurement.h"

namespace apdr::bench {

inline constexpr std::size_t kFloorValueBytes = 400;  // Of an event.

// A directory of its own under `parent`, removed with everything in it.
class FloorDirectory {
 public:
  // Empty `parent`: the system's directory for temporary files.
  [[nodiscard]] static absl::StatusOr<FloorDirectory> Make(const std::string& parent);
  ~FloorDirectory();
  FloorDirectory(FloorDirectory&& other) noexcept;
  FloorDirectory& operator=(FloorDirectory&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit FloorDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Appends kFloorValueBytes to a file and fdatasyncs it, again and again.
[[nodiscard]] absl::StatusOr<Measurement> DriveFileSync(const FloorDirectory& directory,
                                                        absl::Duration time);

// Puts a value of kFloorValueBytes under the next key into RocksDB with sync, again and again.
[[nodiscard]] absl::StatusOr<Measurement> DriveRocksDbSync(const FloorDirectory& directory,
                                                           absl::Duration time);

}  // namespace apdr::bench
