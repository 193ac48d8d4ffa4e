#pragma once

#include <google/protobuf/message.h>

#include <memory>
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

// Checks messages of one type against the declared rules of their fields (apdr.options.v1.rules),
// depth first, in field order: the first problem found. A field this schema does not know is a
// problem too: it would be lost. The rules are read once, when it is made. Immutable; thread-safe.
class FieldChecker {
 public:
  explicit FieldChecker(const google::protobuf::Descriptor& type);
  ~FieldChecker();
  FieldChecker(FieldChecker&&) noexcept;
  FieldChecker& operator=(FieldChecker&&) = delete;

  // REQUIRES: a message of the type.
  [[nodiscard]] std::optional<FieldProblem> Check(const google::protobuf::Message& message) const;

 private:
  struct Plans;
  std::unique_ptr<const Plans> plans_;
};

// The same for a message of a type that is checked only once.
[[nodiscard]] std::optional<FieldProblem> CheckFields(const google::protobuf::Message& message);

}  // namespace apdr::codec
