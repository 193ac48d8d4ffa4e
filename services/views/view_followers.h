#pragma once

#include <memory>

#include "engine/core/workflow.h"
#include "services/projection/case_follower.h"
#include "services/readmodel/read_model.h"
#include "services/views/view.h"

namespace apdr::views {

// Folds the events of children's cases into every view of a table: their documents in one row of
// the case, and of their rows those that changed. An event that corrects another has the case's
// documents folded again from its chronology. Nothing is kept of a case whose record is erased, nor
// of one that is a setting's.
class ViewFollowers final : public projection::CaseFollowers {
 public:
  // All borrowed. REQUIRES: the workflow is SEN Support's, and the chronology is folded into the
  // same read model.
  ViewFollowers(const core::Workflow& workflow, const readmodel::ReadModel& model,
                const std::vector<View>& views)
      : workflow_(workflow), model_(model), views_(views) {}

  [[nodiscard]] absl::StatusOr<std::unique_ptr<projection::CaseFollower>> Open(
      const StreamId& stream) const override;

 private:
  const core::Workflow& workflow_;
  const readmodel::ReadModel& model_;
  const std::vector<View>& views_;
};

}  // namespace apdr::views
