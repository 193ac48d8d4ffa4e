#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/vocabulary.h"
#include "services/host/caller.h"
#include "services/host/error_reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// Parents, carers, the one whom the case is about, and who speaks for them.
[[nodiscard]] bool IsFamily(const host::Caller& caller);

// Whether the caller's role may look across cases ("list what is due"). The family reads a case
// that it names, never a list. NOT_AUTHORISED.
[[nodiscard]] std::optional<host::ErrorReply> CheckMayList(const host::Caller& caller,
                                                           std::string_view what);

// Whether the caller may read the case: a person whom a court keeps out may not, nor who acts for
// them; and the family may not while the case is set aside, for then a newer order is not known.
// NOT_AUTHORISED.
[[nodiscard]] std::optional<host::ErrorReply> CheckMayRead(const host::Caller& caller,
                                                           const readmodel::ReadModel& model,
                                                           const StreamId& stream);

// Whether `case_id` names a case. FIELD_REQUIRED, FIELD_INVALID.
[[nodiscard]] std::optional<host::ErrorReply> CheckCaseId(const std::string& case_id);

// FIELD_INVALID for a field that must be written otherwise: "must be a date such as 2026-02-06".
[[nodiscard]] host::ErrorReply InvalidField(std::string_view field, std::string_view fact);

}  // namespace apdr::query
