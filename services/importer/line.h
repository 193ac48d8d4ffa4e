#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "apdr/command/v1/command_service.pb.h"
#include "services/client/connection.h"

namespace apdr::importer {

// What one line of a file asks for: commands of one case, in order.
struct Item {
  std::uint64_t line = 0;
  client::Identity caller;
  // At least one; each with its request id.
  std::vector<command::v1::ExecuteRequest> requests;
};

// A line that was not taken over, or not whole, and why. No personal data.
struct Refusal {
  std::uint64_t line = 0;
  std::string case_id;  // Empty: the line does not say.
  std::string command;  // "StartSenSupport"; empty: it did not come to a command.
  std::string code;     // Of docs/errors.md, a rule's, or kHeldBack.
  std::string message;
};

// A line is not tried when an earlier one of its case was refused.
inline constexpr char kHeldBack[] = "HELD_BACK";

using LineResult = std::variant<Item, Refusal>;

// Lines of a file, from its top. One thread.
class LineSource {
 public:
  virtual ~LineSource() = default;
  // Nullopt: there are no more. kUnavailable: the file cannot be read on.
  [[nodiscard]] virtual absl::StatusOr<std::optional<LineResult>> Next() = 0;
  // Of the file, read so far.
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;
};

}  // namespace apdr::importer
