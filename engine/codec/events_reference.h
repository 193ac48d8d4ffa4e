#pragma once

#include <string>

#include "engine/core/definition.h"

namespace apdr::codec {

// The page of a reference that lists every command with its content, stages and roles, and every
// event with its content and the timers it starts and stops, in Markdown. Pure.
[[nodiscard]] std::string EventsReference(const core::Definition& definition);

}  // namespace apdr::codec
