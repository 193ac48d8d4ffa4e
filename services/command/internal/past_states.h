#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "engine/core/state.h"
#include "services/command/internal/case_cache.h"
#include "services/command/internal/state_loader.h"

namespace apdr::command {

// Cases as they once were, for the answers to repeated requests. Each is kept where the last
// question about it left it: repeats that come in the order of the first requests, as those of an
// import that is run again do, fold every event of a case once and not once for each later one.
// One thread.
class PastStates {
 public:
  // Borrows the loader. Keeps so many cases.
  PastStates(const StateLoader& loader, std::size_t cases_max);

  // The case as it was at `version`. Valid until the next call.
  // REQUIRES: the store holds that version.
  [[nodiscard]] absl::StatusOr<const core::State*> At(const StreamId& stream, CaseVersion version);

 private:
  const StateLoader& loader_;
  CaseCache cases_;
};

}  // namespace apdr::command
