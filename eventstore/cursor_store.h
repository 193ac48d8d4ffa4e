#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"

namespace apdr::eventstore {

// Remembers how far a named consumer inside the command process has come in each shard.
// Thread-safe. A cursor may be lost back to an older value by a crash: consumers survive seeing
// everything twice.
class CursorStore {
 public:
  virtual ~CursorStore() = default;
  // Position 0 for a cursor never written.
  [[nodiscard]] virtual absl::StatusOr<Position> ReadCursor(std::string_view consumer,
                                                            Shard shard) = 0;
  [[nodiscard]] virtual absl::Status WriteCursor(std::string_view consumer, Shard shard,
                                                 Position position) = 0;
};

}  // namespace apdr::eventstore
