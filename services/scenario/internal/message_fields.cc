#include "services/scenario/internal/message_fields.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/options/v1/options.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// How deep commands are nested: command, content, list element, value.
constexpr std::size_t kDepthMax = 5;

// How much longer than a value its name in a script may be: "concerns-remained".
constexpr std::size_t kEndingMax = 4;

// How short the end of a value may be that stands for the whole: "resolved".
constexpr std::size_t kEndMin = 5;

// Every field below `type`, those nearest the top first.
std::vector<FieldPath> AllFields(const Descriptor& type) {
  std::vector<FieldPath> paths;
  std::vector<std::pair<const Descriptor*, FieldPath>> level = {{&type, {}}};
  for (std::size_t depth = 0; depth < kDepthMax && !level.empty(); ++depth) {
    std::vector<std::pair<const Descriptor*, FieldPath>> below;
    for (const auto& [descriptor, prefix] : level) {
      for (int i = 0; i < descriptor->field_count(); ++i) {
        FieldPath path = prefix;
        path.push_back(descriptor->field(i));
        if (const Descriptor* inner = path.back()->message_type()) below.emplace_back(inner, path);
        paths.push_back(std::move(path));
      }
    }
    level = std::move(below);
  }
  return paths;
}

std::string PlainName(const FieldPath& path) { return Normalised(path.back()->name()); }

template <class Fits>
std::optional<FieldPath> First(const std::vector<FieldPath>& paths, Fits fits) {
  const auto found = std::ranges::find_if(paths, fits);
  return found == paths.end() ? std::nullopt : std::optional(*found);
}

std::optional<FieldPath> FindPart(const std::vector<FieldPath>& paths, const std::string& plain) {
  if (auto whole = First(paths, [&](const FieldPath& path) { return PlainName(path) == plain; })) {
    return whole;
  }
  if (auto start =
          First(paths, [&](const FieldPath& path) { return PlainName(path).starts_with(plain); })) {
    return start;
  }
  return First(paths, [&](const FieldPath& path) { return PlainName(path).ends_with(plain); });
}

// A dotted name as one word.
std::string WholeName(std::string_view name) {
  std::string plain = Normalised(name);
  std::erase(plain, '.');
  return plain;
}

bool IsPersonal(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::sensitive);
}

bool HasFormat(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::rules).format() !=
         options::v1::FORMAT_UNSPECIFIED;
}

// The name of an enum value without the enum's own: CONCERNS_REMAIN.
std::string ShortName(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty())
      prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  prefix.push_back('_');
  const std::string& name = value.name();
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

// Abbreviations that the Code, the census and scripts use.
std::string WithoutAbbreviation(const EnumDescriptor& type, std::string plain) {
  struct Abbreviation {
    std::string_view type, words, name;
  };
  static constexpr Abbreviation kAbbreviations[] = {
      {"Area", "ci", "communicationandinteraction"},
      {"Area", "cl", "cognitionandlearning"},
      {"Area", "semh", "socialemotionalmentalhealth"},
      {"Area", "sp", "sensoryphysical"},
      {"Area", "pfa", "preparingforadulthood"},
      {"Provision", "n", "none"},
      {"Provision", "k", "sensupport"},
      {"Provision", "e", "ehcplan"},
      {"EndReason", "ypdeclined", "youngpersondeclined"},
      {"ContactMethod", "conversation", "inperson"},
      {"ContactMethod", "meeting", "inperson"},
      {"ContactMethod", "facetoface", "inperson"},
      {"ContactMethod", "telephone", "phone"},
      {"ContactMethod", "call", "phone"},
      {"ContactMethod", "sms", "text"},
      {"ContactMethod", "post", "letter"},
      {"ViewsOf", "par", "parent"},
      {"ViewsOf", "chi", "child"},
      {"ViewsOf", "yp", "child"},
      {"IdentifierType", "upntemp", "upntemporary"}};
  for (const Abbreviation& known : kAbbreviations) {
    if (type.name() == known.type && plain == known.words) return std::string(known.name);
  }
  return plain;
}

// Whether the enum has a value of exactly this name.
bool HasValue(const EnumDescriptor& type, std::string_view words) {
  const std::string plain = WithoutAbbreviation(type, Normalised(words));
  for (int i = 1; i < type.value_count(); ++i) {
    if (Normalised(ShortName(*type.value(i))) == plain) return true;
  }
  return false;
}

// Whether the words say that there is no value. An enum's "none" is one.
bool SaysNone(const FieldDescriptor& field, std::string_view value) {
  const std::string plain = Normalised(value);
  if (value.empty() || value == "[]" || plain == "absent" || plain == "missing") return true;
  const bool date =
      field.options().GetExtension(options::v1::rules).format() == options::v1::FORMAT_DATE;
  if (date && (plain == "no" || plain == "false")) return true;
  return plain == "none" && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM;
}

absl::Status NotA(std::string_view what, const FieldDescriptor& field, std::string_view value) {
  return absl::InvalidArgumentError(absl::StrCat("Expected ", std::string(what), " for ",
                                                 field.name(), ", but found '", std::string(value),
                                                 "'."));
}

// One value of a list, or the single value, of a scalar or message field.
absl::Status PutValue(Message& message, const FieldDescriptor& field, std::string_view value,
                      const ValueReaders& readers) {
  const Reflection& reflection = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = readers.text(field, value);
      list ? reflection.AddString(&message, &field, text)
           : reflection.SetString(&message, &field, text);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      APDR_ASSIGN_OR_RETURN(const int number, EnumNumber(*field.enum_type(), value));
      list ? reflection.AddEnumValue(&message, &field, number)
           : reflection.SetEnumValue(&message, &field, number);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t number = 0;
      if (!absl::SimpleAtoi(std::string(value), &number)) return NotA("a number", field, value);
      list ? reflection.AddUInt32(&message, &field, number)
           : reflection.SetUInt32(&message, &field, number);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      const std::string plain = Normalised(value);
      const bool yes = plain == "true" || plain == "yes";
      if (!yes && plain != "false" && plain != "no") return NotA("true or false", field, value);
      reflection.SetBool(&message, &field, yes);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return readers.message(list ? *reflection.AddMessage(&message, &field)
                                  : *reflection.MutableMessage(&message, &field),
                             value);
    default:
      return NotA("a field that scripts can set", field, value);
  }
}

absl::Status SetLeaf(Message& message, const FieldDescriptor& field,
                     const std::vector<std::string>& values, const ValueReaders& readers) {
  if (!field.is_repeated()) return PutValue(message, field, values.front(), readers);
  message.GetReflection()->ClearField(&message, &field);
  for (const std::string& value : values) {
    APDR_RETURN_IF_ERROR(PutValue(message, field, value, readers));
  }
  return absl::OkStatus();
}

absl::Status SetBelow(Message& message, const FieldPath& path, std::size_t at,
                      const std::vector<std::string>& values, const ValueReaders& readers) {
  const FieldDescriptor& field = *path[at];
  if (at + 1 == path.size()) return SetLeaf(message, field, values, readers);
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    return SetBelow(*reflection.MutableMessage(&message, &field), path, at + 1, values, readers);
  }
  const bool leaf_takes_list = path.back()->is_repeated();
  const std::size_t wanted = leaf_takes_list ? 1 : values.size();
  while (static_cast<std::size_t>(reflection.FieldSize(message, &field)) < wanted) {
    Message* added = reflection.AddMessage(&message, &field);
    if (reflection.FieldSize(message, &field) > 1) {
      added->CopyFrom(reflection.GetRepeatedMessage(message, &field, 0));
    }
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const std::vector<std::string> own =
        wanted == 1 ? values
                    : std::vector{values[std::min(static_cast<std::size_t>(i), wanted - 1)]};
    Message& element = *reflection.MutableRepeatedMessage(&message, &field, i);
    APDR_RETURN_IF_ERROR(SetBelow(element, path, at + 1, own, readers));
  }
  return absl::OkStatus();
}

// A message as a script would write it.
std::string MessageWords(const Message& message) {
  const auto* person = dynamic_cast<const sen::v1::PersonRef*>(&message);
  if (person != nullptr) return absl::StrCat(person->role(), " ", person->person_id());
  if (const auto* need = dynamic_cast<const sen::v1::Need*>(&message)) {
    return absl::StrCat(need->sen_type(), "(", need->rank(), ")");
  }
  if (const auto* outcome = dynamic_cast<const sen::v1::Outcome*>(&message)) {
    return outcome->outcome_id();
  }
  if (const auto* setting = dynamic_cast<const sen::v1::Setting*>(&message)) {
    return sen::SettingId(*setting);
  }
  const FieldDescriptor* first = message.GetDescriptor()->field(0);
  const auto values = FieldValues(message, {first});
  return values.empty() ? std::string() : values.front();
}

std::string ValueWords(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return list ? reflection.GetRepeatedString(message, &field, index)
                  : reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWords(list ? *reflection.GetRepeatedEnum(message, &field, index)
                            : *reflection.GetEnum(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(list ? reflection.GetRepeatedUInt32(message, &field, index)
                               : reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageWords(list ? reflection.GetRepeatedMessage(message, &field, index)
                               : reflection.GetMessage(message, &field));
    default:
      return "(another kind of value)";
  }
}

void CollectValues(const Message& message, const FieldPath& path, std::size_t at,
                   std::vector<std::string>& values) {
  const FieldDescriptor& field = *path[at];
  const Reflection& reflection = *message.GetReflection();
  const bool last = at + 1 == path.size();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    if (last) {
      values.push_back(ValueWords(message, field, i));
    } else {
      CollectValues(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                        : reflection.GetMessage(message, &field),
                    path, at + 1, values);
    }
  }
}

}  // namespace

absl::StatusOr<FieldPath> FindField(const Descriptor& type, std::string_view name) {
  FieldPath path;
  const Descriptor* descriptor = &type;
  for (const std::string& part : SplitOutside(name, '.')) {
    const auto paths = descriptor == nullptr ? std::vector<FieldPath>{} : AllFields(*descriptor);
    const bool choice =
        descriptor == sen::v1::SupportDecision::descriptor() && Normalised(part) == "decision";
    const auto found = FindPart(paths, choice ? "choice" : Normalised(part));
    if (!found.has_value()) {
      // "exitMonitoring.until" is exit_monitoring_until.
      if (const auto whole = FindPart(AllFields(type), WholeName(name)); whole.has_value()) {
        return *whole;
      }
      std::vector<std::string> names;
      for (const FieldPath& known : paths) names.push_back(known.back()->json_name());
      return absl::NotFoundError(absl::StrCat("Expected a field of ", type.name(), ", but ",
                                              UnknownName("field", name, names), "."));
    }
    path.insert(path.end(), found->begin(), found->end());
    descriptor = path.back()->message_type();
  }
  if (path.empty()) return absl::NotFoundError("Expected the name of a field, but it is empty.");
  return path;
}

bool HasField(const Descriptor& type, std::string_view name) {
  const std::string plain = Normalised(name);
  return First(AllFields(type),
               [&](const FieldPath& path) {
                 const bool listed =
                     std::any_of(path.begin(), path.end() - 1,
                                 [](const auto* field) { return field->is_repeated(); });
                 return !listed && PlainName(path) == plain;
               })
      .has_value();
}

bool IsTypeOfProduct(std::string_view name) {
  return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
             absl::StrCat("apdr.sen.v1.", std::string(name))) != nullptr;
}

bool EventHasField(std::string_view event, std::string_view name) {
  const Descriptor* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          absl::StrCat("apdr.sen.v1.", std::string(event)));
  if (type == nullptr) return false;
  const std::string plain = Normalised(name);
  return First(AllFields(*type), [&](const FieldPath& path) { return PlainName(path) == plain; })
      .has_value();
}

FieldPath FieldOfValue(const Descriptor& type, std::string_view words) {
  std::vector<FieldPath> single;
  std::vector<FieldPath> listed;
  for (const FieldPath& path : AllFields(type)) {
    const EnumDescriptor* values = path.back()->enum_type();
    if (values == nullptr || !HasValue(*values, words)) continue;
    const bool in_list = std::any_of(path.begin(), path.end() - 1,
                                     [](const auto* field) { return field->is_repeated(); });
    (in_list ? listed : single).push_back(path);
  }
  const std::vector<FieldPath>& found = single.empty() ? listed : single;
  return found.size() == 1 ? found.front() : FieldPath{};
}

FieldPath MainText(const Descriptor& type) {
  if (type.name() == "HoldReview") return FindField(type, "nextSteps").value_or(FieldPath{});
  const auto text = First(AllFields(type), [](const FieldPath& path) {
    const FieldDescriptor& field = *path.back();
    return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && IsPersonal(field) &&
           !HasFormat(field);
  });
  return text.value_or(FieldPath{});
}

FieldPath MainPeople(const Descriptor& type) {
  const auto people = First(AllFields(type), [](const FieldPath& path) {
    const Descriptor* inner = path.back()->message_type();
    return inner == sen::v1::PersonRef::descriptor() ||
           inner == sen::v1::Participant::descriptor() ||
           inner == sen::v1::ReviewParticipant::descriptor();
  });
  return people.value_or(FieldPath{});
}

std::string EnumWords(const EnumValueDescriptor& value) {
  std::string words = absl::AsciiStrToLower(ShortName(value));
  std::ranges::replace(words, '_', '-');
  return words;
}

namespace {

// "capacity" of AgreementCapacity.
std::string LastWordOf(const std::string& type_name) {
  const auto capital = std::find_if(type_name.rbegin(), type_name.rend(),
                                    [](unsigned char c) { return std::isupper(c) != 0; });
  const auto at = static_cast<std::size_t>(type_name.rend() - capital);
  return Normalised(type_name.substr(at > 0 ? at - 1 : 0));
}

}  // namespace

absl::StatusOr<int> EnumNumber(const EnumDescriptor& type, std::string_view words) {
  const std::string plain = WithoutAbbreviation(type, Normalised(words));
  std::vector<std::string> names;
  std::vector<int> starts;
  std::vector<int> ends;
  std::optional<int> longer;
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (value.number() == 0) continue;
    names.push_back(EnumWords(value));
    const std::string name = Normalised(names.back());
    if (name == plain || LastWordOf(type.name()) + name == plain) return value.number();
    if (name.starts_with(plain) && !plain.empty()) starts.push_back(value.number());
    if (name.ends_with(plain) && plain.size() >= kEndMin) ends.push_back(value.number());
    if (plain.starts_with(name) && plain.size() <= name.size() + kEndingMax) {
      longer = value.number();
    }
  }
  if (starts.size() == 1) return starts.front();
  if (longer.has_value()) return *longer;
  if (starts.empty() && ends.size() == 1) return ends.front();
  return absl::InvalidArgumentError(absl::StrCat("Expected one of ", absl::StrJoin(names, ", "),
                                                 ", but found '", std::string(words), "'."));
}

absl::Status SetField(Message& message, const FieldPath& path, std::string_view value,
                      const ValueReaders& readers) {
  const bool list = std::ranges::any_of(path, &FieldDescriptor::is_repeated);
  if (SaysNone(*path.back(), value)) {
    ClearField(message, path);
    return absl::OkStatus();
  }
  std::vector<std::string> values = {std::string(value)};
  if (list) {
    if (value.starts_with("[") && value.ends_with("]")) value = value.substr(1, value.size() - 2);
    values = SplitOutside(value, ',');
    if (values.empty()) return NotA("a list", *path.back(), value);
  }
  return SetBelow(message, path, 0, values, readers);
}

absl::Status SetText(Message& message, const FieldPath& path, std::string_view text,
                     const ValueReaders& readers) {
  return SetBelow(message, path, 0, {std::string(text)}, readers);
}

void ClearField(Message& message, const FieldPath& path) {
  std::vector<Message*> level = {&message};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    std::vector<Message*> below;
    for (Message* outer : level) {
      const Reflection& reflection = *outer->GetReflection();
      if (!path[i]->is_repeated()) {
        below.push_back(reflection.MutableMessage(outer, path[i]));
        continue;
      }
      for (int k = 0; k < reflection.FieldSize(*outer, path[i]); ++k) {
        below.push_back(reflection.MutableRepeatedMessage(outer, path[i], k));
      }
    }
    level = std::move(below);
  }
  for (Message* inner : level) inner->GetReflection()->ClearField(inner, path.back());
}

std::vector<std::string> FieldValues(const Message& message, const FieldPath& path) {
  std::vector<std::string> values;
  CollectValues(message, path, 0, values);
  return values;
}

bool SameValue(const FieldDescriptor& field, std::string_view expected, std::string_view value) {
  if (const EnumDescriptor* type = field.enum_type()) {
    const auto number = EnumNumber(*type, expected);
    if (number.ok()) return EnumWords(*type->FindValueByNumber(*number)) == value;
  }
  std::string plain = Normalised(expected);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    if (plain == "yes") plain = "true";
    if (plain == "no") plain = "false";
  }
  return Normalised(value) == plain || (value.find(' ') != std::string_view::npos &&
                                        Normalised(value.substr(0, value.find(' '))) == plain);
}

}  // namespace apdr::scenario
