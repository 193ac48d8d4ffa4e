#pragma once

#include <memory>
#include <vector>

#include "engine/core/workflow.h"
#include "services/projection/case_follower.h"
#include "services/readmodel/read_model.h"
#include "services/sink/case_copy.h"
#include "services/sink/changes.h"
#include "services/views/view_followers.h"

namespace apdr::sink {

// Folds cases into their CaseCopy as the views are folded, and collects those of a batch.
class CopyFollowers final : public projection::CaseFollowers {
 public:
  // All borrowed. REQUIRES: as ViewFollowers.
  struct Parts {
    const core::Workflow& workflow;
    const readmodel::ReadModel& model;
    Changes& changes;
  };

  CopyFollowers(const Parts& parts, Identifiers identifiers);

  [[nodiscard]] absl::StatusOr<std::unique_ptr<projection::CaseFollower>> Open(
      const StreamId& stream) const override;

 private:
  const Parts parts_;
  const std::vector<views::View> views_;
  const views::ViewFollowers followers_;
};

}  // namespace apdr::sink
