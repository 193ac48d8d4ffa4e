#pragma once

#include <variant>

#include "services/host/error_reply.h"

namespace apdr::query {

// An answer, or why there is none.
template <class Response>
using Reply = std::variant<Response, host::ErrorReply>;

}  // namespace apdr::query
