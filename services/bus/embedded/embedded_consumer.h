#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"

namespace apdr::bus {

// The bus of a single process: consumes the events topic straight from the log. Delivers each
// record once and without a gap; its tokens are empty. Borrows the source. One thread at a time.
class EmbeddedConsumer final : public Consumer {
 public:
  explicit EmbeddedConsumer(RecordSource& source);

  [[nodiscard]] absl::Status Assign(Shard shard, const Resume& from) override;
  // Never waits: whoever loops sets the pace. Takes turns among the shards, so that none starves.
  [[nodiscard]] absl::StatusOr<std::vector<Received>> Poll(std::size_t limit,
                                                           absl::Duration wait) override;
  [[nodiscard]] absl::StatusOr<Position> Head(Shard shard) override;

 private:
  RecordSource& source_;
  std::map<Shard, Position> delivered_;
  Shard turn_;  // The shard to ask first.
};

}  // namespace apdr::bus
