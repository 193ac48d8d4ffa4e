#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/vocabulary.h"
#include "engine/core/workflow.h"
#include "services/bus/bus.h"
#include "services/readmodel/read_model.h"

namespace apdr::sink {

// Reads ahead which cases are erased in what is to be folded, so that a copy that is filled again
// does not show them. What the bus lost it cannot know. After an error: begin anew.
class ErasureScan {
 public:
  // Borrowed, and the consumer is this one's until it is done.
  ErasureScan(const core::Workflow& workflow, bus::Consumer& consumer)
      : workflow_(workflow), consumer_(consumer) {}

  // From where the model stands to the end of the bus as of now. Errors as the consumer's.
  [[nodiscard]] absl::Status Begin(const readmodel::ReadModel& model, std::uint32_t shard_count);

  // Takes up to `limit` records. Returns whether it is done.
  [[nodiscard]] absl::StatusOr<bool> Step(std::size_t limit, absl::Duration wait);

  [[nodiscard]] const std::set<StreamId>& erased() const { return erased_; }

 private:
  const core::Workflow& workflow_;
  bus::Consumer& consumer_;
  std::map<Shard, Position> heads_;  // Of shards that are not read to there yet.
  std::set<StreamId> erased_;
};

}  // namespace apdr::sink
