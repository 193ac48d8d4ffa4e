#include "services/exports/access.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/query/access.h"

namespace apdr::exports {
namespace {

constexpr std::array<std::string_view, 8> kRolesWithUpn = {
    "senco",           "named-person", "area-senco", "head",
    "la-send-officer", "inspector",    "auditor",    "system"};

}  // namespace

std::optional<host::ErrorReply> CheckMayExport(const host::Caller& caller, std::string_view what) {
  if (auto error = query::CheckMayList(caller, what)) return error;
  if (std::ranges::find(kRolesWithUpn, caller.role) != kRolesWithUpn.end()) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_NOT_AUTHORISED,
                         absl::StrCat("Expected to ", std::string(what), ", but the role '",
                                      caller.role, "' may not see UPNs."),
                         {{"role", caller.role}});
}

}  // namespace apdr::exports
