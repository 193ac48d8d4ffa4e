#pragma once

#include <span>

#include "engine/base/embedded_text.h"

namespace apdr::document {

// The files of the folder templates/. Made by CMake.
[[nodiscard]] std::span<const EmbeddedText> Templates();

}  // namespace apdr::document
