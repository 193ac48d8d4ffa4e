#pragma once

#include <string_view>

namespace apdr {

// Whether it is a code, as tenants, actors, roles, settings and causes are: 1 to 64 of
// A-Z a-z 0-9 . _ : -
[[nodiscard]] bool IsCode(std::string_view text);

}  // namespace apdr
