#include "services/sink/copy_fold.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace apdr::sink {

CopyFold::CopyFold(const Parts& parts, std::unique_ptr<readmodel::ReadModel> model,
                   const CopyOptions& options, std::set<StreamId> erased_later)
    : model_(std::move(model)),
      events_({.workflow = parts.workflow, .model = *model_, .changes = changes_}),
      copying_model_({.model = *model_,
                      .target = parts.target,
                      .changes = changes_,
                      .events = events_,
                      .erased_later = std::move(erased_later)}),
      followers_({.workflow = parts.workflow, .model = *model_, .changes = changes_},
                 options.identifiers),
      cases_({.workflow = parts.workflow, .model = *model_, .followers = &followers_},
             options.cached_cases_max),
      chronology_(parts.workflow.definition().erased_by),
      board_(options.shard_count),
      projector_({.consumer = parts.consumer,
                  .model = copying_model_,
                  .projections = {&events_, &cases_, &chronology_},
                  .layout = CopyMeaning(parts.workflow, options.identifiers),
                  .board = board_,
                  .gaps = parts.gaps},
                 {.batch_records_max = options.batch_records_max, .poll_wait = options.poll_wait}) {
}

absl::StatusOr<bool> CopyFold::IsAhead(const readmodel::ReadModel& model,
                                       const std::vector<Reached>& reached) {
  for (std::uint32_t i = 0; i < reached.size(); ++i) {
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress progress, model.ReadProgress(Shard(i)));
    if (progress.position > reached[i].position) return true;
  }
  return false;
}

}  // namespace apdr::sink
