#include "services/apdr/policy_option.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/policy_file.h"
#include "services/apdr/output_file.h"
#include "services/apdr/subcommands.h"

namespace apdr {

namespace {

bool IsFile(const std::string& policy) { return absl::EndsWith(policy, ".toml"); }

}  // namespace

void AddPolicyOption(CLI::App& command, std::string& policy) {
  command
      .add_option("--policy", policy,
                  "The policy profile: code-2015, isp-draft, or a TOML file such as my.toml")
      ->envname("APDR_POLICY")
      ->capture_default_str();
}

absl::StatusOr<sen::Policy> ReadPolicy(const std::string& policy) {
  if (!IsFile(policy)) return sen::BuiltInPolicy(policy);
  APDR_ASSIGN_OR_RETURN(const std::string text, ReadInput(policy));
  return sen::ParsePolicy(text, std::filesystem::path(policy).filename().string());
}

absl::Status KeepPolicy(const std::string& policy, const std::string& id,
                        const std::string& folder) {
  APDR_ASSIGN_OR_RETURN(const std::string text,
                        IsFile(policy) ? ReadInput(policy) : sen::BuiltInPolicyText(policy));
  const std::string path = absl::StrCat(folder, "/", id, ".toml");
  std::error_code failed;
  if (std::filesystem::exists(path, failed)) {
    APDR_ASSIGN_OR_RETURN(const std::string kept, ReadInput(path));
    if (sen::HoldSameValues(text, kept)) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "Expected the profile ", id, " that events of this store were judged under, kept in ", path,
        ", but this one says something else; give what was changed a higher version."));
  }
  std::filesystem::create_directories(folder, failed);
  OutputFile file(path);
  file.Writer()(text);
  return file.Finish();
}

}  // namespace apdr
