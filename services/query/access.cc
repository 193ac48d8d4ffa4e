#include "services/query/access.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "engine/base/id_source.h"

namespace apdr::query {
namespace {

constexpr std::array<std::string_view, 3> kRolesWithoutLists = {"parent", "child", "young-person"};

}  // namespace

std::optional<host::ErrorReply> CheckMayList(const host::Caller& caller, std::string_view what) {
  if (std::ranges::find(kRolesWithoutLists, caller.role) == kRolesWithoutLists.end()) {
    return std::nullopt;
  }
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
