#pragma once

#include <span>

#include "engine/base/embedded_text.h"

namespace apdr::sen {

// The files of policies/. Made by CMake.
[[nodiscard]] std::span<const EmbeddedText> PolicyTexts();

}  // namespace apdr::sen
