#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"

namespace apdr::readmodel {

struct Row {
  std::string key;
  std::string value;

  friend bool operator==(const Row&, const Row&) = default;
};

// How far a shard has been folded, and the bus consumer's token to go on from there.
struct Progress {
  Position position;
  std::string token;

  friend bool operator==(const Progress&, const Progress&) = default;
};

struct ShardProgress {
  Shard shard;
  Progress progress;
};

// Rows and progress of one step, applied in one piece.
// REQUIRES: a key is put or deleted at most once, and a shard's progress stands there at most once.
struct Write {
  std::vector<Row> puts = {};
  std::vector<std::string> deletes = {};
  std::vector<ShardProgress> progress = {};
  // On disk when Apply() returns, and all writes before it: for what cannot be folded again.
  bool synced = false;
};

enum class Direction { kForward, kBackward };

// A range of keys: from `begin` (included) to `end` (excluded; empty means no upper bound).
struct Range {
  std::string begin = {};
  std::string end = {};
  Direction direction = Direction::kForward;
  std::size_t limit = 0;  // REQUIRES: > 0.
};

// Rows by key and by range, ordered bytewise. Thread-safe for readers beside one writer. Derived
// data: may be deleted and folded again from the bus.
class ReadModel {
 public:
  virtual ~ReadModel() = default;

  // All of it becomes visible at once; after a crash all of it or nothing is there.
  [[nodiscard]] virtual absl::Status Apply(const Write& write) = 0;
  [[nodiscard]] virtual absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const = 0;
  // kBackward starts at the highest key below `end`.
  [[nodiscard]] virtual absl::StatusOr<std::vector<Row>> Scan(const Range& range) const = 0;
  // Position 0 and an empty token for a shard never written.
  [[nodiscard]] virtual absl::StatusOr<Progress> ReadProgress(Shard shard) const = 0;
};

}  // namespace apdr::readmodel
