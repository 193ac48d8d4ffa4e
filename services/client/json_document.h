#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace apdr::client {

// JSON that remembers the line of every key and of every object or array in it, so that a mistake
// can be shown where it stands.
class JsonDocument {
 public:
  // kInvalidArgument names `name` and the line: not JSON, not UTF-8, or a key given twice.
  [[nodiscard]] static absl::StatusOr<JsonDocument> Parse(std::string_view text, std::string name);

  [[nodiscard]] const nlohmann::json& root() const { return root_; }
  // "amira.json:12" for the JSON pointer "/steps/3/date", or for the nearest part of it that has a
  // line.
  [[nodiscard]] std::string Place(std::string pointer) const;
  // kInvalidArgument "amira.json:12: <message>".
  [[nodiscard]] absl::Status Mistake(const std::string& pointer, const std::string& message) const;

 private:
  std::string name_;
  nlohmann::json root_;
  std::map<std::string, int> lines_;
};

}  // namespace apdr::client
