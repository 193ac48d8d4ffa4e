#pragma once

#include <CLI/App.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/domains/sen_support/policy.h"

namespace apdr {

// Declares --policy: a profile of the product, or a TOML file.
void AddPolicyOption(CLI::App& command, std::string& policy);

// kInvalidArgument: a file that is no profile, with file, line and reason. kNotFound: neither a
// profile of the product nor a file that can be read.
[[nodiscard]] absl::StatusOr<sen::Policy> ReadPolicy(const std::string& policy);

// Keeps in `folder` the file of the profile that ReadPolicy read, so that what was decided can be
// judged by what was in force. kFailedPrecondition: another profile of its name and version is kept
// there. kUnavailable: it cannot be written.
[[nodiscard]] absl::Status KeepPolicy(const std::string& policy, const std::string& id,
                                      const std::string& folder);

}  // namespace apdr
