#include "services/client/text.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace apdr::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Characters, not bytes, of UTF-8 text.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !ContinuesCharacter(c); }));
}

std::string LowerWords(std::string_view name) {
  std::string words(name);
  for (char& c : words) {
    c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return words;
}

// "partly" for ANSWER_PARTLY of enum Answer.
std::string EnumWords(const FieldDescriptor& field, int number) {
  const auto* value = field.enum_type()->FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  std::string prefix;
  for (const char c : field.enum_type()->name()) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !prefix.empty()) prefix += '_';
    prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  prefix += '_';
  std::string_view name = value->name();
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return LowerWords(name);
}

class Describer {
 public:
  std::string Take() { return absl::StrJoin(parts_, "; "); }

  // The fields that are set, in the order of the schema; wrappers that only hold one message
  // vanish.
  void AddFields(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) AddField(message, *field);
  }

 private:
  void AddField(const Message& message, const FieldDescriptor& field) {
    if (field.is_repeated()) {
      AddList(message, field);
      return;
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const Message& inner = message.GetReflection()->GetMessage(message, &field);
      const std::string brief = HoldsMessages(inner) ? "" : Brief(inner);
      if (brief.empty()) {
        AddFields(inner);
      } else {
        Add(field, brief);
      }
      return;
    }
    const std::string value = Scalar(message, field, -1);
    if (!value.empty()) Add(field, value);
  }

  void AddList(const Message& message, const FieldDescriptor& field) {
    const auto* reflection = message.GetReflection();
    const int size = reflection->FieldSize(message, &field);
    std::vector<std::string> items;
    for (int i = 0; i < size; ++i) {
      std::string item = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
                             ? Brief(reflection->GetRepeatedMessage(message, &field, i))
                             : Scalar(message, field, i);
      if (!item.empty()) items.push_back(std::move(item));
    }
    Add(field, items.empty() ? absl::StrCat(size) : absl::StrJoin(items, ", "));
  }

  // Whether it is more than a value: then its fields are listed one by one.
  static bool HoldsMessages(const Message& message) {
    const auto* descriptor = message.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      if (descriptor->field(i)->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return true;
    }
    return false;
  }

  // A message in a word or two, by the fields that such messages are told apart by.
  static std::string Brief(const Message& message) {
    const auto* descriptor = message.GetDescriptor();
    std::vector<std::string> words;
    for (const char* name : {"role", "sen_type", "outcome_id", "provision_id", "kind", "measure",
                             "status", "title", "value", "unit"}) {
      const FieldDescriptor* field = descriptor->FindFieldByName(name);
      if (field == nullptr || field->is_repeated()) continue;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) continue;
      std::string value = Scalar(message, *field, -1);
      if (!value.empty()) words.push_back(std::move(value));
    }
    if (!words.empty()) return absl::StrJoin(words, " ");
    const FieldDescriptor* person = descriptor->FindFieldByName("person");
    if (person == nullptr || person->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return {};
    return Brief(message.GetReflection()->GetMessage(message, person));
  }

  // Field or list item (index >= 0) as text; empty for what says nothing to a person.
  static std::string Scalar(const Message& message, const FieldDescriptor& field, int index) {
    const auto* reflection = message.GetReflection();
    const bool one = index < 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return one ? reflection->GetString(message, &field)
                   : reflection->GetRepeatedString(message, &field, index);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number = one ? reflection->GetEnumValue(message, &field)
                               : reflection->GetRepeatedEnumValue(message, &field, index);
        return number == 0 ? "" : EnumWords(field, number);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        return one && reflection->GetBool(message, &field) ? "yes" : "";
      case FieldDescriptor::CPPTYPE_UINT32:
        return one ? absl::StrCat(reflection->GetUInt32(message, &field))
                   : absl::StrCat(reflection->GetRepeatedUInt32(message, &field, index));
      case FieldDescriptor::CPPTYPE_UINT64:
        return one ? absl::StrCat(reflection->GetUInt64(message, &field)) : "";
      default:
        return {};
    }
  }

  void Add(const FieldDescriptor& field, const std::string& value) {
    parts_.push_back(absl::StrCat(LowerWords(field.name()), ": ", value));
  }

  std::vector<std::string> parts_;
};

}  // namespace

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {}

void Table::Add(std::vector<std::string> row) {
  const std::size_t columns = !header_.empty() ? header_.size()
                              : rows_.empty()  ? row.size()
                                               : rows_.front().size();
  APDR_CHECK(row.size() == columns);
  rows_.push_back(std::move(row));
}

std::string Table::Render(std::size_t indent) const {
  std::vector<const std::vector<std::string>*> lines;
  if (!header_.empty()) lines.push_back(&header_);
  for (const auto& row : rows_) lines.push_back(&row);
  std::vector<std::size_t> widths;
  for (const auto* line : lines) {
    widths.resize(line->size());
    for (std::size_t i = 0; i < line->size(); ++i)
      widths[i] = std::max(widths[i], Width((*line)[i]));
  }
  std::string out;
  for (const auto* line : lines) {
    std::string text(indent, ' ');
    for (std::size_t i = 0; i < line->size(); ++i) {
      text += (*line)[i];
      if (i + 1 < line->size()) text.append(widths[i] - Width((*line)[i]) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, text, "\n");
  }
  return out;
}

std::string ShortType(std::string_view type) {
  return std::string(type.substr(type.find_last_of("./") + 1));
}

std::string InWords(std::string_view type) {
  constexpr std::string_view kAcronym = "Sen";  // SEN, special educational needs.
  const std::string name = ShortType(type);
  std::vector<std::string> words;
  for (const char c : name) {
    if (words.empty() || std::isupper(static_cast<unsigned char>(c)) != 0) words.emplace_back();
    words.back() += c;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == kAcronym) {
      words[i] = "SEN";
    } else if (i > 0) {
      words[i] = LowerWords(words[i]);
    }
  }
  return absl::StrJoin(words, " ");
}

std::string Count(std::size_t count, std::string_view noun) {
  return absl::StrCat(count, " ", std::string(noun), count == 1 ? "" : "s");
}

std::string Describe(const google::protobuf::Any& data, std::size_t columns) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          data.type_url().substr(data.type_url().rfind('/') + 1));
  if (descriptor == nullptr) return {};
  const std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  if (!message->ParseFromString(data.value())) return {};
  Describer describer;
  describer.AddFields(*message);
  return OneLine(describer.Take(), columns);
}

std::string OneLine(std::string_view text, std::size_t columns) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  if (Width(line) <= columns) return line;
  constexpr std::string_view kCut = "...";
  std::size_t bytes = 0;
  std::size_t characters = 0;
  while (bytes < line.size()) {
    if (!ContinuesCharacter(line[bytes]) && ++characters + kCut.size() > columns) break;
    ++bytes;
  }
  line.resize(bytes);
  line.erase(line.find_last_not_of(' ') + 1);
  return absl::StrCat(line, std::string(kCut));
}

}  // namespace apdr::client
