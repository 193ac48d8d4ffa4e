#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/vocabulary.h"

namespace apdr::core {

// What kind of "no", by what the caller should do about it.
enum class RejectionKind : std::uint8_t {
  kMalformed,      // Wrong in any state: mend the command.
  kUnknownCase,    // Open the case first.
  kConflict,       // Read again, decide again.
  kReused,         // The id or case is taken: use another.
  kNotAuthorised,  // Somebody else may.
  kRefused,        // The case or a rule does not allow it now.
};

// One broken rule: its code and the fact that breaks it.
struct Violation {
  std::string code;
  std::string fact;

  friend bool operator==(const Violation&, const Violation&) = default;
};

// The domain's "no": a value, not an error. Names every broken rule of the first failing class, in
// registry order.
struct Rejection {
  RejectionKind kind = RejectionKind::kRefused;
  std::vector<Violation> violations;  // Never empty; the first gives the code.
  std::string message;                // "Expected to <do X>, but <facts>."
  std::vector<std::pair<std::string, std::string>> metadata;

  [[nodiscard]] const std::string& code() const { return violations.front().code; }
};

}  // namespace apdr::core
