#include "services/host/family.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"

namespace apdr::host {
namespace {

constexpr std::array<std::string_view, 5> kFamily = {"parent", "carer", "child", "young-person",
                                                     "advocate"};

}  // namespace

bool IsFamily(const Caller& caller) {
  return std::ranges::find(kFamily, caller.role) != kFamily.end();
}

std::optional<ErrorReply> CheckMayList(const Caller& caller, std::string_view what) {
  if (!IsFamily(caller)) return std::nullopt;
  return MakeError(error::v1::ERROR_CODE_NOT_AUTHORISED,
                   absl::StrCat("Expected to ", std::string(what), ", but the role '", caller.role,
                                "' may read only a case that it names."),
                   {{"role", caller.role}});
}

}  // namespace apdr::host
