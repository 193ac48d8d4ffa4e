#include "services/apdr/policy_option.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/policy_file.h"
#include "services/apdr/subcommands.h"

namespace apdr {

void AddPolicyOption(CLI::App& command, std::string& policy) {
  command
      .add_option("--policy", policy,
                  "The policy profile: code-2015, isp-draft, or a TOML file such as my.toml")
      ->envname("APDR_POLICY")
      ->capture_default_str();
}

absl::StatusOr<sen::Policy> ReadPolicy(const std::string& policy) {
  if (!absl::EndsWith(policy, ".toml")) return sen::BuiltInPolicy(policy);
  APDR_ASSIGN_OR_RETURN(const std::string text, ReadInput(policy));
  return sen::ParsePolicy(text, std::filesystem::path(policy).filename().string());
}

}  // namespace apdr
