#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/host/caller.h"
#include "services/host/error_reply.h"

namespace apdr::query {

// Whether the caller's role may look across cases ("list what is due"). Parents, children and young
// people read a case that they name, never a list. NOT_AUTHORISED.
[[nodiscard]] std::optional<host::ErrorReply> CheckMayList(const host::Caller& caller,
                                                           std::string_view what);

// Whether `case_id` names a case. FIELD_REQUIRED, FIELD_INVALID.
[[nodiscard]] std::optional<host::ErrorReply> CheckCaseId(const std::string& case_id);

// FIELD_INVALID for a field that must be written otherwise: "must be a date such as 2026-02-06".
[[nodiscard]] host::ErrorReply InvalidField(std::string_view field, std::string_view fact);

}  // namespace apdr::query
