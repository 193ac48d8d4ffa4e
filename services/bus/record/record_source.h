#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/bus/bus.h"

namespace apdr::bus {

// The log as records of the events topic, from any position: what a live bus no longer has (its
// retention is over, it lost a tail) is still here. One thread at a time.
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // The durable records of the shard after `after`, dense and in order, at most `limit`; empty at
  // the head. kUnavailable: the log cannot be reached now. kFailedPrecondition: `after` lies beyond
  // the head, so whoever asks has seen another log. kNotFound: no such shard.
  [[nodiscard]] virtual absl::StatusOr<std::vector<Record>> ReadAfter(Shard shard, Position after,
                                                                      std::size_t limit) = 0;

  // The position of the last durable record, 0 when there is none.
  [[nodiscard]] virtual absl::StatusOr<Position> Head(Shard shard) = 0;
};

}  // namespace apdr::bus
