#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace apdr::client {

// The line of every key, object and array of a document.
class LineTree {
 public:
  using Node = std::size_t;
  static constexpr Node kRoot = 0;

  void SetRoot(int line) { root_line_ = line; }
  // Of the key or item `name` of a node: the node, and whether it is new. One that is there keeps
  // its line.
  std::pair<Node, bool> Add(Node parent, const std::string& name, int line);
  // Of the JSON pointer, or of the nearest part of it that has a line.
  [[nodiscard]] int LineOf(std::string_view pointer) const;

 private:
  struct Place {
    Node node;
    int line;
  };

  int root_line_ = 1;
  std::map<std::pair<Node, std::string>, Place> places_;
};

// JSON that remembers the line of every key and of every object or array in it, so that a mistake
// can be shown where it stands.
class JsonDocument {
 public:
  // Objects and arrays within each other: as many as protobuf's JSON takes.
  static constexpr std::size_t kDepthMax = 100;

  // kInvalidArgument names `name` and the line: not JSON, not UTF-8, a key given twice, or nested
  // deeper than kDepthMax.
  [[nodiscard]] static absl::StatusOr<JsonDocument> Parse(std::string_view text, std::string name);

  [[nodiscard]] const nlohmann::json& root() const { return root_; }
  // "amira.json:12" for the JSON pointer "/steps/3/date", or for the nearest part of it that has a
  // line.
  [[nodiscard]] std::string Place(const std::string& pointer) const;
  // kInvalidArgument "amira.json:12: <message>".
  [[nodiscard]] absl::Status Mistake(const std::string& pointer, const std::string& message) const;

 private:
  std::string name_;
  nlohmann::json root_;
  LineTree lines_;
};

}  // namespace apdr::client
