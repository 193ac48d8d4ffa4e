#pragma once

#include "apdr/query/v1/view.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"

namespace apdr::projection {

// Where the last event of a case stands in the log.
struct CasePlace {
  CaseId case_id;
  Shard shard;
  Position position;
};

// What queries show of a case, whatever its domain. Nothing in it depends on today: what is overdue
// is said when it is asked.
[[nodiscard]] query::v1::CaseView BuildCaseView(const core::Workflow& workflow,
                                                const core::State& state, const CasePlace& place);

}  // namespace apdr::projection
