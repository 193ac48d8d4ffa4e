#include "engine/codec/field_rules.h"

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apdr/options/v1/options.pb.h"
#include "engine/base/characters.h"
#include "engine/base/date.h"
#include "engine/base/id_source.h"

namespace apdr::codec {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using options::v1::FieldRules;

constexpr std::uint32_t kTextLengthMax = 4000;  // Characters, where a field does not say otherwise.
constexpr std::uint32_t kItemsMax = 100;        // Items, where a list does not say otherwise.

bool IsCodeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == ':' || c == '-';
}

bool AllOf(std::string_view text, bool (*accept)(char)) {
  for (const char c : text) {
    if (!accept(c)) return false;
  }
  return true;
}

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::optional<std::string> FormatFact(options::v1::Format format, std::string_view text) {
  switch (format) {
    case options::v1::FORMAT_DATE:
      if (!ParseDate(text)) return "must be a date such as 2026-02-06";
      return std::nullopt;
    case options::v1::FORMAT_UUID:
      if (!IsUuid(text))
        return "must be a lower-case UUID such as 018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";
      return std::nullopt;
    case options::v1::FORMAT_CODE:
      if (text.size() > 64 || !AllOf(text, IsCodeCharacter))
        return "must be 1 to 64 of A-Z a-z 0-9 . _ : -";
      return std::nullopt;
    case options::v1::FORMAT_SHA256:
      if (text.size() != 64 || !AllOf(text, IsLowerHex))
        return "must be 64 lower-case hexadecimal digits";
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// A problem knows its place from the message that was checked on; every message and list around it
// puts its own part in front. So a message without problems, the usual one, builds no text.
std::optional<FieldProblem> Inside(std::string_view outer, std::optional<FieldProblem> problem) {
  if (problem) problem->field.insert(0, outer);
  return problem;
}

struct MessagePlan;

// What there is to check of one field.
struct FieldPlan {
  const FieldDescriptor* field = nullptr;
  // What the descriptor says, which it looks up each time.
  FieldDescriptor::CppType type = FieldDescriptor::CPPTYPE_STRING;
  bool repeated = false;
  const MessagePlan* message = nullptr;  // Of a field that is a message.
  bool required = false;
  options::v1::Format format = options::v1::FORMAT_UNSPECIFIED;
  std::uint32_t length_max = kTextLengthMax;
  std::uint32_t items_max = kItemsMax;
  std::int64_t min = 0;  // With max 0 too: any number.
  std::int64_t max = 0;
};

struct MessagePlan {
  std::vector<FieldPlan> fields;
};

FieldPlan PlanOf(const FieldDescriptor& field) {
  const FieldRules& rules = field.options().GetExtension(options::v1::rules);
  FieldPlan plan{.field = &field,
                 .type = field.cpp_type(),
                 .repeated = field.is_repeated(),
                 .required = rules.required(),
                 .format = rules.format(),
                 .min = rules.min(),
                 .max = rules.max()};
  if (rules.max_length() > 0) plan.length_max = rules.max_length();
  if (rules.max_items() > 0) plan.items_max = rules.max_items();
  return plan;
}

FieldProblem Required(const char* fact) { return {"FIELD_REQUIRED", "", fact}; }

std::optional<FieldProblem> CheckText(const FieldPlan& plan, const std::string& text) {
  if (auto fact = FormatFact(plan.format, text))
    return FieldProblem{"FIELD_INVALID", "", *std::move(fact)};
  if (text.size() > plan.length_max && CharactersIn(text) > plan.length_max) {
    return FieldProblem{"FIELD_INVALID", "",
                        absl::StrCat("must have at most ", plan.length_max, " characters")};
  }
  return std::nullopt;
}

std::optional<FieldProblem> CheckEnum(const FieldPlan& plan, int value, bool required) {
  const google::protobuf::EnumDescriptor& type = *plan.field->enum_type();
  if (type.FindValueByNumber(value) == nullptr) {
    return FieldProblem{"ENUM_UNKNOWN", "",
                        absl::StrCat("has no value ", value, " in ", type.full_name())};
  }
  if (required && value == 0) return Required("must be given");
  return std::nullopt;
}

std::optional<FieldProblem> CheckNumber(const FieldPlan& plan, std::int64_t value) {
  if (plan.required && value == 0) return Required("must be given");
  if ((plan.min != 0 || plan.max != 0) && (value < plan.min || value > plan.max)) {
    return FieldProblem{"FIELD_INVALID", "",
                        absl::StrCat("must be between ", plan.min, " and ", plan.max)};
  }
  return std::nullopt;
}

// One message's fields.
class Walk {
 public:
  // Looking up a message's reflection is dear: once per message.
  explicit Walk(const Message& message)
      : message_(message), reflection_(*message.GetReflection()) {}

  std::optional<FieldProblem> Check(const MessagePlan& plan) const {
    const google::protobuf::UnknownFieldSet& unknown = reflection_.GetUnknownFields(message_);
    if (!unknown.empty()) {
      const int number = unknown.field(0).number();
      return FieldProblem{"FIELD_UNKNOWN", absl::StrCat(number), "is not known to this server"};
    }
    for (const FieldPlan& field : plan.fields) {
      auto problem = field.repeated ? CheckList(field) : CheckOne(field);
      if (problem) return Inside(field.field->name(), std::move(problem));
    }
    return std::nullopt;
  }

 private:
  std::optional<FieldProblem> CheckList(const FieldPlan& plan) const {
    const int size = reflection_.FieldSize(message_, plan.field);
    if (plan.required && size == 0) return Required("must have at least one item");
    if (static_cast<std::uint32_t>(size) > plan.items_max) {
      return FieldProblem{"FIELD_INVALID", "",
                          absl::StrCat("must have at most ", plan.items_max, " items")};
    }
    for (int i = 0; i < size; ++i) {
      if (auto problem = CheckItem(plan, i))
        return Inside(absl::StrCat("[", i, "]"), std::move(problem));
    }
    return std::nullopt;
  }

  std::optional<FieldProblem> CheckItem(const FieldPlan& plan, int index) const {
    switch (plan.type) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const Message& item = reflection_.GetRepeatedMessage(message_, plan.field, index);
        return Inside(".", Walk(item).Check(*plan.message));
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            reflection_.GetRepeatedStringReference(message_, plan.field, index, &scratch);
        if (text.empty()) return Required("must not be empty");
        return CheckText(plan, text);
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(plan, reflection_.GetRepeatedEnumValue(message_, plan.field, index), true);
      default:
        return std::nullopt;
    }
  }

  std::optional<FieldProblem> CheckOne(const FieldPlan& plan) const {
    switch (plan.type) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (reflection_.HasField(message_, plan.field))
          return Inside(".",
                        Walk(reflection_.GetMessage(message_, plan.field)).Check(*plan.message));
        if (plan.required) return Required("must be given");
        return std::nullopt;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = reflection_.GetStringReference(message_, plan.field, &scratch);
        if (!text.empty()) return CheckText(plan, text);
        if (plan.required) return Required("must be given");
        return std::nullopt;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(plan, reflection_.GetEnumValue(message_, plan.field), plan.required);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckNumber(plan, reflection_.GetUInt32(message_, plan.field));
      default:
        return std::nullopt;
    }
  }

  const Message& message_;
  const Reflection& reflection_;
};

}  // namespace

// The plans of a type and of all types inside it, each once.
struct FieldChecker::Plans {
  std::map<const Descriptor*, MessagePlan> by_type;
  const MessagePlan* top = nullptr;

  const MessagePlan& Add(const Descriptor& type) {
    const auto [entry, is_new] = by_type.try_emplace(&type);
    MessagePlan& plan = entry->second;
    if (!is_new) return plan;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      // Any.value: checked as its own message.
      if (field.type() == FieldDescriptor::TYPE_BYTES && !field.is_repeated()) continue;
      plan.fields.push_back(PlanOf(field));
      if (field.message_type() != nullptr) {
        plan.fields.back().message = &Add(*field.message_type());
      }
    }
    return plan;
  }
};

FieldChecker::FieldChecker(const Descriptor& type) {
  auto plans = std::make_unique<Plans>();
  plans->top = &plans->Add(type);
  plans_ = std::move(plans);
}

FieldChecker::~FieldChecker() = default;
FieldChecker::FieldChecker(FieldChecker&&) noexcept = default;

std::optional<FieldProblem> FieldChecker::Check(const Message& message) const {
  return Walk(message).Check(*plans_->top);
}

std::optional<FieldProblem> CheckFields(const Message& message) {
  return FieldChecker(*message.GetDescriptor()).Check(message);
}

}  // namespace apdr::codec
