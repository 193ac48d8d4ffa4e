#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/domains/sen_support/policy.h"

// Policy profiles as TOML: policies/code-2015.toml is the example to copy.
namespace apdr::sen {

// kInvalidArgument: what is wrong, with file and line, such as "my.toml:31: days.assess must be a
// whole number from 1 to 3660"; also a key that no profile has. `name` is only for that message.
[[nodiscard]] absl::StatusOr<Policy> ParsePolicy(std::string_view text, const std::string& name);

// Whether two files hold the same values, whatever their comments and spaces. False if one is not
// TOML.
[[nodiscard]] bool HoldSameValues(std::string_view one, std::string_view other);

// The names of the profiles that are part of the product.
[[nodiscard]] std::vector<std::string> BuiltInPolicies();

// One of them, and its file as it is. kNotFound: the product has no profile of this name.
[[nodiscard]] absl::StatusOr<Policy> BuiltInPolicy(std::string_view name);
[[nodiscard]] absl::StatusOr<std::string> BuiltInPolicyText(std::string_view name);

}  // namespace apdr::sen
