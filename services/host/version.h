#pragma once

#include <string_view>

namespace apdr::host {

// "0.1.0": the version of the build.
[[nodiscard]] std::string_view Version();

}  // namespace apdr::host
