#pragma once

#include <span>

#include "engine/base/embedded_text.h"

namespace apdr::sink {

// In the order of their numbers: "0001_copy.sql".
[[nodiscard]] std::span<const EmbeddedText> Migrations();

}  // namespace apdr::sink
