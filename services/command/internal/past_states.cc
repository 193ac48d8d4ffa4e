#include "services/command/internal/past_states.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace apdr::command {

PastStates::PastStates(const StateLoader& loader, std::size_t cases_max)
    : loader_(loader), cases_(cases_max) {}

absl::StatusOr<const core::State*> PastStates::At(const StreamId& stream, CaseVersion version) {
  cases_.Evict(/*durable_batch=*/0);
  CachedCase* past = cases_.Find(stream);
  if (past != nullptr && past->state.version <= version) {
    APDR_RETURN_IF_ERROR(loader_.CatchUp(stream, past->state, version).status());
    return &past->state;
  }
  APDR_ASSIGN_OR_RETURN(core::State state, loader_.Load(stream, version));
  if (past == nullptr) return &cases_.Insert(stream, std::move(state)).state;
  past->state = std::move(state);
  return &past->state;
}

}  // namespace apdr::command
