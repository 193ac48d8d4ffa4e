#pragma once

#include <string>
#include <string_view>

namespace apdr {

// UUID version 5 (RFC 9562): the one of this name in this namespace, in canonical lower-case text,
// as `uuid.uuid5` of Python and its like make it. REQUIRES: IsUuid(name_space).
[[nodiscard]] std::string NameUuid(std::string_view name_space, std::string_view name);

}  // namespace apdr
