#pragma once

#include <optional>

#include "engine/core/rejection.h"
#include "engine/domains/sen_support/sen_input.h"

namespace apdr::sen {

// What is wrong with a command's content in any state and what neither its schema nor a rule can
// say: codes of the policy's closed sets, fields that another field demands. Nullopt: nothing.
[[nodiscard]] std::optional<core::Rejection> CheckContent(
    const SenInput& input, const std::vector<core::CommandSpec>& commands);

}  // namespace apdr::sen
