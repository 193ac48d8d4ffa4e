#include "services/query/access.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "engine/base/id_source.h"
#include "engine/base/status_macros.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::query {
namespace {

constexpr std::array<std::string_view, 10> kReadPersonalData = {
    "teacher",   "keyworker", "tutor", "teaching-assistant", "senco", "named-person", "head",
    "inspector", "auditor",   "system"};

// A court orders about a family, not about a school.
constexpr std::size_t kCasesKeptMax = 1000;

}  // namespace

absl::StatusOr<std::set<std::string>> CasesKeptFrom(const host::Caller& caller,
                                                    const readmodel::ReadModel& model) {
  std::set<std::string> cases;
  for (const std::string& person : {caller.actor_id, caller.on_behalf_of}) {
    if (person.empty()) continue;
    const projection::KeySpan span = projection::KeptOutOf(caller.tenant, person);
    APDR_ASSIGN_OR_RETURN(
        const std::vector<readmodel::Row> rows,
        model.Scan({.begin = span.begin, .end = span.end, .limit = kCasesKeptMax}));
    for (const readmodel::Row& row : rows) cases.insert(row.value);
  }
  return cases;
}

absl::StatusOr<std::set<std::string>> CasesNotListed(const host::Caller& caller,
                                                     const readmodel::ReadModel& model) {
  APDR_ASSIGN_OR_RETURN(std::set<std::string> cases, CasesKeptFrom(caller, model));
  APDR_ASSIGN_OR_RETURN(std::set<std::string> erased,
                        history::ErasedWhileSetAside(model, caller.tenant));
  cases.merge(erased);
  return cases;
}

bool MayReadPersonalData(const host::Caller& caller) {
  return std::ranges::find(kReadPersonalData, caller.role) != kReadPersonalData.end();
}

// Nothing is kept from staff that may read the case, so they do not pay for the look.
absl::StatusOr<std::set<std::string>> KeptFrom(const host::Caller& caller,
                                               const readmodel::ReadModel& model,
                                               const core::Workflow& workflow,
                                               const StreamId& stream) {
  if (!IsFamily(caller)) return std::set<std::string>();
  return history::EventsKeptFrom(model, workflow, stream, caller.role);
}

std::optional<host::ErrorReply> CheckMayRead(const host::Caller& caller,
                                             const readmodel::ReadModel& model,
                                             const StreamId& stream) {
  const auto row = model.Get(projection::CaseKey(stream));
  if (!row.ok()) return host::FromStatus(row.status());
  if (!*row) return std::nullopt;  // That there is no such case, somebody else says.
  const auto view = projection::DecodeCaseView(**row);
  if (!view.ok()) return host::FromStatus(view.status());
  const auto is_kept_out = [&](const std::string& person) {
    return std::ranges::find(view->kept_out(), person) != view->kept_out().end();
  };
  if (!is_kept_out(caller.actor_id) && !is_kept_out(caller.on_behalf_of)) {
    // What a court said since the case was set aside is in no row: staff go on, the family waits.
    if (!view->stale() || !IsFamily(caller)) return std::nullopt;
    return host::MakeError(error::v1::ERROR_CODE_NOT_AUTHORISED,
                           "Expected to read a case, but it is set aside, and until it is folded "
                           "again nobody can say whom a court order keeps from it.",
                           {{"role", caller.role}});
  }
  return host::MakeError(error::v1::ERROR_CODE_NOT_AUTHORISED,
                         "Expected to read a case, but a court order keeps this person from it.",
                         {{"role", caller.role}});
}

std::optional<host::ErrorReply> CheckCaseId(const std::string& case_id) {
  if (case_id.empty()) {
    return host::MakeError(error::v1::ERROR_CODE_FIELD_REQUIRED,
                           "Expected to read a case, but case_id is not given.",
                           {{"field", "case_id"}});
  }
  if (IsUuid(case_id)) return std::nullopt;
  return InvalidField("case_id",
                      "must be a lower-case UUID such as 018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f");
}

host::ErrorReply InvalidField(std::string_view field, std::string_view fact) {
  return host::MakeError(error::v1::ERROR_CODE_FIELD_INVALID,
                         absl::StrCat("Expected to read the request, but ", std::string(field), " ",
                                      std::string(fact), "."),
                         {{"field", std::string(field)}});
}

}  // namespace apdr::query
