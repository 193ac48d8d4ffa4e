#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "apdr/query/v1/query_service.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/core/command.h"
#include "engine/core/workflow.h"
#include "services/readmodel/read_model.h"

namespace apdr::history {

// Every command of the workflow, in the order of its declaration: whether the case as it is now
// admits it for the actor, and what stands in the way. nullopt: there is no such case. kDataLoss: a
// row does not read back.
[[nodiscard]] absl::StatusOr<std::optional<std::vector<query::v1::CommandOutlook>>>
ReadCommandOutlooks(const readmodel::ReadModel& model, const core::Workflow& workflow,
                    const StreamId& stream, const core::Actor& actor, absl::Time now);

}  // namespace apdr::history
