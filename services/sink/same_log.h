#pragma once

#include "services/bus/bus.h"
#include "services/sink/changes.h"
#include "services/sink/target.h"

namespace apdr::sink {

// kFailedPrecondition: the shard of the record has another event where the copy stopped than the
// one that is copied, so the copy was made of another log.
[[nodiscard]] absl::Status CheckSameLog(const Reached& known, const bus::Record& record);

// A consumer that never goes on behind the place where a copy stopped without having seen the event
// there, where the bus still has it: Assign() of a consumer with tokens delivers it again.
class SameLogConsumer final : public bus::Consumer {
 public:
  // Both borrowed. REQUIRES: `target` has been open before Poll().
  SameLogConsumer(bus::Consumer& consumer, const Target& target)
      : consumer_(consumer), target_(target) {}

  [[nodiscard]] absl::Status Assign(Shard shard, const bus::Resume& from) override {
    return consumer_.Assign(shard, from);
  }
  // Errors as CheckSameLog() too; nothing of what was polled is delivered then.
  [[nodiscard]] absl::StatusOr<std::vector<bus::Received>> Poll(std::size_t limit,
                                                                absl::Duration wait) override;
  [[nodiscard]] absl::StatusOr<Position> Head(Shard shard) override {
    return consumer_.Head(shard);
  }

 private:
  bus::Consumer& consumer_;
  const Target& target_;
};

}  // namespace apdr::sink
