#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/definition/policy_texts.h"
#include "engine/domains/sen_support/policy_file.h"

// The profiles that are part of the product.
namespace apdr::sen {

std::vector<std::string> BuiltInPolicies() {
  std::vector<std::string> names;
  for (const EmbeddedText& file : PolicyTexts()) {
    names.emplace_back(file.name.substr(0, file.name.find('.')));
  }
  return names;
}

absl::StatusOr<std::string> BuiltInPolicyText(std::string_view name) {
  for (const EmbeddedText& file : PolicyTexts()) {
    if (file.name == absl::StrCat(std::string(name), ".toml")) return std::string(file.text);
  }
  return absl::NotFoundError(absl::StrCat(
      "Expected a policy profile of the product (", absl::StrJoin(BuiltInPolicies(), ", "),
      ") or a TOML file, but '", std::string(name), "' is neither."));
}

absl::StatusOr<Policy> BuiltInPolicy(std::string_view name) {
  APDR_ASSIGN_OR_RETURN(const std::string text, BuiltInPolicyText(name));
  return ParsePolicy(text, absl::StrCat(std::string(name), ".toml"));
}

Policy Code2015() {
  static const absl::StatusOr<Policy> kPolicy = BuiltInPolicy("code-2015");
  APDR_CHECK(kPolicy.ok());
  return *kPolicy;
}

}  // namespace apdr::sen
