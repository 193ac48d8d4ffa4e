#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>

#include "engine/base/worker.h"
#include "engine/core/workflow.h"
#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"
#include "services/projection/case_projection.h"
#include "services/projection/chronology_projection.h"
#include "services/projection/projector.h"
#include "services/projection/rows/progress_board.h"
#include "services/readmodel/read_model.h"
#include "services/sink/copied_event.h"
#include "services/sink/copy_followers.h"
#include "services/sink/copying_model.h"

namespace apdr::sink {

struct CopyOptions {
  Identifiers identifiers = Identifiers::kLeftOut;
  std::uint32_t shard_count = 1;
  // Folded into one transaction of the target.
  std::size_t batch_records_max = 2000;
  std::size_t cached_cases_max = 20000;
  // How long one poll of the bus may wait for a record.
  absl::Duration poll_wait = absl::ZeroDuration();
};

// Folds the bus into a read model of its own, and that into the target. The read model holds what
// folding needs (whole events, personal data too), the target what may be seen.
class CopyFold {
 public:
  // All borrowed. `gaps` may be null. REQUIRES: the workflow is SEN Support's, `target` is open and
  // not behind the model.
  struct Parts {
    const core::Workflow& workflow;
    bus::Consumer& consumer;
    bus::RecordSource* gaps;
    Target& target;
  };

  // Of `erased_later`, cases that a later event erases, nothing is copied.
  CopyFold(const Parts& parts, std::unique_ptr<readmodel::ReadModel> model,
           const CopyOptions& options, std::set<StreamId> erased_later);

  // Errors as the projector's and the target's.
  [[nodiscard]] absl::StatusOr<StepResult> Step() { return projector_.Step(); }

  // Whether the model has been folded further than the target has come.
  [[nodiscard]] static absl::StatusOr<bool> IsAhead(const readmodel::ReadModel& model,
                                                    const std::vector<Reached>& reached);

  // Thread-safe.
  [[nodiscard]] projection::ProjectorStatus status() const { return projector_.status(); }

 private:
  const std::unique_ptr<readmodel::ReadModel> model_;
  Changes changes_;
  EventCopying events_;
  CopyingModel copying_model_;
  const CopyFollowers followers_;
  projection::CaseProjection cases_;
  projection::ChronologyProjection chronology_;
  projection::ProgressBoard board_;
  projection::Projector projector_;
};

}  // namespace apdr::sink
