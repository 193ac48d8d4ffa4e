#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>

namespace apdr::codec {

// A field of a command that breaks what its schema declares, whatever the state of the case.
struct FieldProblem {
  std::string code;   // FIELD_REQUIRED, FIELD_INVALID, ENUM_UNKNOWN or FIELD_UNKNOWN.
  std::string field;  // "plan.outcomes[1].by_date"
  std::string
      fact;  // "must be a date such as 2026-02-06". Never the value: it may be personal data.
};

// Checks a message against the declared rules of its fields (apdr.options.v1.rules), depth first,
// in field order: the first problem found. A field this schema does not know is a problem too: it
// would be lost. Pure; thread-safe.
[[nodiscard]] std::optional<FieldProblem> CheckFields(const google::protobuf::Message& message);

}  // namespace apdr::codec
