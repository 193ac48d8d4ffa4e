#pragma once

#include <CLI/App.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "engine/domains/sen_support/policy.h"

namespace apdr {

// Declares --policy: a profile of the product, or a TOML file.
void AddPolicyOption(CLI::App& command, std::string& policy);

// kInvalidArgument: a file that is no profile, with file, line and reason. kNotFound: neither a
// profile of the product nor a file that can be read.
[[nodiscard]] absl::StatusOr<sen::Policy> ReadPolicy(const std::string& policy);

}  // namespace apdr
