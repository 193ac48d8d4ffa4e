#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apdr/query/v1/view.pb.h"
#include "engine/core/event.h"
#include "engine/core/state.h"
#include "services/projection/projection.h"

namespace apdr::projection {

// Folds a domain's own rows of one case out of the events that CaseProjection folds: always as far
// as the case itself. Lives for one batch.
class CaseFollower {
 public:
  virtual ~CaseFollower() = default;

  // The next event of the case; every one of the case comes once.
  virtual void Fold(const FoldInput& input, const core::Event& event) = 0;

  // The end of the batch, and the case as it stands then. An error stops the projector.
  [[nodiscard]] virtual absl::Status Write(const core::State& state,
                                           const query::v1::CaseView& view, RowWriter& rows) = 0;
};

// Makes the followers. Deterministic, as projections are; one thread at a time.
class CaseFollowers {
 public:
  virtual ~CaseFollowers() = default;

  // With what the read model holds of the case. kDataLoss: a row does not read back.
  [[nodiscard]] virtual absl::StatusOr<std::unique_ptr<CaseFollower>> Open(
      const StreamId& stream) const = 0;
};

}  // namespace apdr::projection
