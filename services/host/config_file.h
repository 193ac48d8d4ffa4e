#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace apdr::host {

// One setting of a configuration file: `listen = "127.0.0.1:7400"`.
struct Setting {
  std::string key;                  // As the flag without its dashes: "listen", "demo-clock".
  std::vector<std::string> values;  // One, or the items of an array.
  std::string place;                // "apdr.toml:3": for messages.
};

// The settings of a TOML file: top-level keys with strings, whole numbers, booleans or arrays of
// them. kInvalidArgument names file and line; kNotFound: no such file.
[[nodiscard]] absl::StatusOr<std::vector<Setting>> ReadConfigFile(const std::string& path);

// The same for text already read; `name` stands in messages.
[[nodiscard]] absl::StatusOr<std::vector<Setting>> ParseConfig(std::string_view text,
                                                               const std::string& name);

}  // namespace apdr::host
