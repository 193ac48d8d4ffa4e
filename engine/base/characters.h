#pragma once

#include <cstddef>
#include <string_view>

namespace apdr {

// Characters of valid UTF-8, not bytes: "Zoë" has three.
[[nodiscard]] std::size_t CharactersIn(std::string_view text);

}  // namespace apdr
