#pragma once

#include <optional>
#include <string_view>

#include "services/host/caller.h"
#include "services/host/error_reply.h"

namespace apdr::exports {

// Whether the caller's role may have a list with UPNs ("export the census"): SENCO, named person,
// area SENCO, head, officer of the authority, inspector, auditor, system. NOT_AUTHORISED.
[[nodiscard]] std::optional<host::ErrorReply> CheckMayExport(const host::Caller& caller,
                                                             std::string_view what);

}  // namespace apdr::exports
