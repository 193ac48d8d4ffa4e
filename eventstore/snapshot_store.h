#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"

namespace apdr::eventstore {

// The folded state of a case at a version, as bytes with the name of their format.
struct Snapshot {
  CaseVersion version;
  std::string format;  // Changes whenever fold or encoding change; a reader ignores a format it
                       // does not know.
  std::string state;

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

// A cache of folded states; the log stays the truth and any snapshot may vanish. Keeps the newest
// per case. Thread-safe.
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  [[nodiscard]] virtual absl::StatusOr<std::optional<Snapshot>> ReadSnapshot(
      const StreamId& stream) = 0;
  [[nodiscard]] virtual absl::Status WriteSnapshot(const StreamId& stream,
                                                   const Snapshot& snapshot) = 0;
};

}  // namespace apdr::eventstore
