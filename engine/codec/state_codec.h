#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"

namespace apdr::codec {

// Names the fold and the encoding of a state: changes when either does, so that a cache of another
// format is ignored.
[[nodiscard]] std::string StateFormat(const core::Workflow& workflow);

// A folded state as bytes for a cache, deterministic, and back. kDataLoss: the bytes do not read
// back as a state of this workflow (forget the cache and fold the log).
[[nodiscard]] std::string EncodeState(const core::Workflow& workflow, const core::State& state);
[[nodiscard]] absl::StatusOr<core::State> DecodeState(const core::Workflow& workflow,
                                                      std::string_view bytes);

}  // namespace apdr::codec
