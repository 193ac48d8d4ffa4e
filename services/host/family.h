#pragma once

#include <optional>
#include <string_view>

#include "services/host/caller.h"
#include "services/host/error_reply.h"

namespace apdr::host {

// Parents, carers, the one whom a case is about, and who speaks for them.
[[nodiscard]] bool IsFamily(const Caller& caller);

// Whether the caller's role may look across cases ("list what is due"). The family reads a case
// that it names, never a list. NOT_AUTHORISED.
[[nodiscard]] std::optional<ErrorReply> CheckMayList(const Caller& caller, std::string_view what);

}  // namespace apdr::host
