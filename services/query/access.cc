#include "services/query/access.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "engine/base/id_source.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"

namespace apdr::query {
namespace {

constexpr std::array<std::string_view, 5> kFamily = {"parent", "carer", "child", "young-person",
                                                     "advocate"};

}  // namespace

bool IsFamily(const host::Caller& caller) {
  return std::ranges::find(kFamily, caller.role) != kFamily.end();
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

std::optional<host::ErrorReply> CheckMayList(const host::Caller& caller, std::string_view what) {
  if (!IsFamily(caller)) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_NOT_AUTHORISED,
                         absl::StrCat("Expected to ", std::string(what), ", but the role '",
                                      caller.role, "' may read only a case that it names."),
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
