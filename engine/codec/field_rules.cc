#include "engine/codec/field_rules.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apdr/options/v1/options.pb.h"
#include "engine/base/date.h"
#include "engine/base/id_source.h"

namespace apdr::codec {
namespace {

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

// Characters of valid UTF-8: bytes that do not continue one.
std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) ++count;
  }
  return count;
}

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

// One message's fields.
class Walk {
 public:
  // Looking up a message's reflection is dear: once per message.
  explicit Walk(const Message& message)
      : message_(message), reflection_(*message.GetReflection()) {}

  std::optional<FieldProblem> Check() const {
    const google::protobuf::UnknownFieldSet& unknown = reflection_.GetUnknownFields(message_);
    if (!unknown.empty()) {
      const int number = unknown.field(0).number();
      return FieldProblem{"FIELD_UNKNOWN", absl::StrCat(number), "is not known to this server"};
    }
    const google::protobuf::Descriptor& type = *message_.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      auto problem = field.is_repeated() ? CheckList(field) : CheckOne(field);
      if (problem) return Inside(field.name(), std::move(problem));
    }
    return std::nullopt;
  }

 private:
  static const FieldRules& RulesOf(const FieldDescriptor& field) {
    return field.options().GetExtension(options::v1::rules);
  }

  std::optional<FieldProblem> CheckList(const FieldDescriptor& field) const {
    const FieldRules& rules = RulesOf(field);
    const int size = reflection_.FieldSize(message_, &field);
    if (rules.required() && size == 0)
      return FieldProblem{"FIELD_REQUIRED", "", "must have at least one item"};
    const std::uint32_t limit = rules.max_items() > 0 ? rules.max_items() : kItemsMax;
    if (static_cast<std::uint32_t>(size) > limit) {
      return FieldProblem{"FIELD_INVALID", "", absl::StrCat("must have at most ", limit, " items")};
    }
    for (int i = 0; i < size; ++i) {
      if (auto problem = CheckItem(field, i))
        return Inside(absl::StrCat("[", i, "]"), std::move(problem));
    }
    return std::nullopt;
  }

  std::optional<FieldProblem> CheckItem(const FieldDescriptor& field, int index) const {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Inside(".", Walk(reflection_.GetRepeatedMessage(message_, &field, index)).Check());
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            reflection_.GetRepeatedStringReference(message_, &field, index, &scratch);
        if (text.empty()) return FieldProblem{"FIELD_REQUIRED", "", "must not be empty"};
        return CheckText(RulesOf(field), text);
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(field, reflection_.GetRepeatedEnumValue(message_, &field, index), true);
      default:
        return std::nullopt;
    }
  }

  std::optional<FieldProblem> CheckOne(const FieldDescriptor& field) const {
    const FieldRules& rules = RulesOf(field);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (reflection_.HasField(message_, &field))
          return Inside(".", Walk(reflection_.GetMessage(message_, &field)).Check());
        if (rules.required()) return FieldProblem{"FIELD_REQUIRED", "", "must be given"};
        return std::nullopt;
      case FieldDescriptor::CPPTYPE_STRING: {
        if (field.type() == FieldDescriptor::TYPE_BYTES)
          return std::nullopt;  // Any.value: checked as its own message.
        std::string scratch;
        const std::string& text = reflection_.GetStringReference(message_, &field, &scratch);
        if (!text.empty()) return CheckText(rules, text);
        if (rules.required()) return FieldProblem{"FIELD_REQUIRED", "", "must be given"};
        return std::nullopt;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(field, reflection_.GetEnumValue(message_, &field), rules.required());
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckNumber(rules, reflection_.GetUInt32(message_, &field));
      default:
        return std::nullopt;
    }
  }

  static std::optional<FieldProblem> CheckText(const FieldRules& rules, const std::string& text) {
    if (auto fact = FormatFact(rules.format(), text))
      return FieldProblem{"FIELD_INVALID", "", *fact};
    const std::uint32_t limit = rules.max_length() > 0 ? rules.max_length() : kTextLengthMax;
    if (text.size() > limit && CountCharacters(text) > limit) {
      return FieldProblem{"FIELD_INVALID", "",
                          absl::StrCat("must have at most ", limit, " characters")};
    }
    return std::nullopt;
  }

  static std::optional<FieldProblem> CheckEnum(const FieldDescriptor& field, int value,
                                               bool required) {
    if (field.enum_type()->FindValueByNumber(value) == nullptr) {
      return FieldProblem{
          "ENUM_UNKNOWN", "",
          absl::StrCat("has no value ", value, " in ", field.enum_type()->full_name())};
    }
    if (required && value == 0) return FieldProblem{"FIELD_REQUIRED", "", "must be given"};
    return std::nullopt;
  }

  static std::optional<FieldProblem> CheckNumber(const FieldRules& rules, std::int64_t value) {
    if (rules.required() && value == 0) return FieldProblem{"FIELD_REQUIRED", "", "must be given"};
    if ((rules.min() != 0 || rules.max() != 0) && (value < rules.min() || value > rules.max())) {
      return FieldProblem{"FIELD_INVALID", "",
                          absl::StrCat("must be between ", rules.min(), " and ", rules.max())};
    }
    return std::nullopt;
  }

  const Message& message_;
  const Reflection& reflection_;
};

}  // namespace

std::optional<FieldProblem> CheckFields(const Message& message) { return Walk(message).Check(); }

}  // namespace apdr::codec
