#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/scenario/scenario.h"

namespace apdr::scenario {

// Whether a line begins as a step does: [number] date ...
[[nodiscard]] bool LooksLikeStep(std::string_view text);

// "07 2025-10-24 TCH CreateOnePageProfile authoredWith=CHI,PAR => OnePageProfileCreated".
[[nodiscard]] absl::StatusOr<Step> ParseStep(std::string_view text, int line);

// A silent step: somebody who may does it.
[[nodiscard]] absl::StatusOr<Step> ParseGivenStep(std::string_view text, int line);

}  // namespace apdr::scenario
