#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "services/bus/bus.h"

namespace apdr::bus {

// A consumer that reads nothing before its topic is known to fit: whoever folds a part of a topic
// answers wrongly and never knows. One thread at a time.
class CheckedConsumer final : public Consumer {
 public:
  // `check` is asked at each assignment until it says OK. It may wait for the bus, some seconds.
  CheckedConsumer(std::unique_ptr<Consumer> consumer, std::function<absl::Status()> check);

  // What the check said, if it was not OK; nothing is assigned then.
  [[nodiscard]] absl::Status Assign(Shard shard, const Resume& from) override;
  [[nodiscard]] absl::StatusOr<std::vector<Received>> Poll(std::size_t limit,
                                                           absl::Duration wait) override;
  [[nodiscard]] absl::StatusOr<Position> Head(Shard shard) override;

 private:
  const std::unique_ptr<Consumer> consumer_;
  const std::function<absl::Status()> check_;
  bool fits_ = false;
};

}  // namespace apdr::bus
