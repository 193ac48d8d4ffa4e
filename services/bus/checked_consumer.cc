#include "services/bus/checked_consumer.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace apdr::bus {

CheckedConsumer::CheckedConsumer(std::unique_ptr<Consumer> consumer,
                                 std::function<absl::Status()> check)
    : consumer_(std::move(consumer)), check_(std::move(check)) {}

absl::Status CheckedConsumer::Assign(Shard shard, const Resume& from) {
  if (!fits_) APDR_RETURN_IF_ERROR(check_());
  fits_ = true;
  return consumer_->Assign(shard, from);
}

absl::StatusOr<std::vector<Received>> CheckedConsumer::Poll(std::size_t limit,
                                                            absl::Duration wait) {
  return consumer_->Poll(limit, wait);
}

absl::StatusOr<Position> CheckedConsumer::Head(Shard shard) { return consumer_->Head(shard); }

}  // namespace apdr::bus
