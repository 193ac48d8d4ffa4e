#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/history/case_history.h"
#include "services/host/caller.h"
#include "services/host/error_reply.h"
#include "services/host/family.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

using host::CheckMayList;
using host::IsFamily;

// Whether the caller may read the case: a person whom a court keeps out may not, nor who acts for
// them; and the family may not while the case is set aside, for then a newer order is not known.
// NOT_AUTHORISED.
[[nodiscard]] std::optional<host::ErrorReply> CheckMayRead(const host::Caller& caller,
                                                           const readmodel::ReadModel& model,
                                                           const StreamId& stream);

// Ids of the tenant's cases that a court keeps from the caller, or from whom they act for.
[[nodiscard]] absl::StatusOr<std::set<std::string>> CasesKeptFrom(
    const host::Caller& caller, const readmodel::ReadModel& model);

// The same, and those whose record was erased while they were set aside: of these no list shows the
// caller a row.
[[nodiscard]] absl::StatusOr<std::set<std::string>> CasesNotListed(
    const host::Caller& caller, const readmodel::ReadModel& model);

// Whether the caller reads, in lists over many cases, what is personal: names, and what events say.
// The staff of settings do, who examines them, and systems that keep the same records. Others, such
// as officers of an authority, get codes and dates, and name the case that they open.
[[nodiscard]] bool MayReadPersonalData(const host::Caller& caller);

// Ids of the case's events whose content this caller may not read.
[[nodiscard]] absl::StatusOr<std::set<std::string>> KeptFrom(const host::Caller& caller,
                                                             const readmodel::ReadModel& model,
                                                             const core::Workflow& workflow,
                                                             const StreamId& stream);

// Whether `case_id` names a case. FIELD_REQUIRED, FIELD_INVALID.
[[nodiscard]] std::optional<host::ErrorReply> CheckCaseId(const std::string& case_id);

// FIELD_INVALID for a field that must be written otherwise: "must be a date such as 2026-02-06".
[[nodiscard]] host::ErrorReply InvalidField(std::string_view field, std::string_view fact);

}  // namespace apdr::query
