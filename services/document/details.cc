#include "services/document/details.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "apdr/options/v1/options.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/types.pb.h"
#include "services/document/words.h"

namespace apdr::document {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

// Says nothing to a reader: ids that only machines follow, hashes, and numbers of persons.
bool IsHidden(const FieldDescriptor& field) {
  static const auto* const kHidden =
      new std::set<std::string_view>{"apdr.sen.v1.PlanContent.plan_id",
                                     "apdr.sen.v1.PlanShared.plan_id",
                                     "apdr.sen.v1.Review.plan_id",
                                     "apdr.sen.v1.SupportStarted.plan_id",
                                     "apdr.sen.v1.ParentCarerUnlinked.person_id",
                                     "apdr.sen.v1.PlanContent.written_plan",
                                     "apdr.sen.v1.Disclosure.withheld",
                                     "apdr.sen.v1.Registration.calendar",
                                     "apdr.sen.v1.TransferAcceptance.calendar",
                                     "apdr.sen.v1.AssignedIdentifier.value",
                                     "apdr.sen.v1.AssignedIdentifier.former_value",
                                     "apdr.sen.v1.Registration.identifiers"};
  if (kHidden->contains(field.full_name())) return true;
  const auto format = field.options().GetExtension(options::v1::rules).format();
  return format == options::v1::FORMAT_UUID || format == options::v1::FORMAT_SHA256;
}

bool IsCounted(const FieldDescriptor& field) {
  static const auto* const kCounted = new std::set<const google::protobuf::Descriptor*>{
      sen::v1::Outcome::descriptor(), sen::v1::PlannedProvision::descriptor(),
      sen::v1::OutcomeEvaluation::descriptor()};
  return field.is_repeated() && kCounted->contains(field.message_type());
}

// A code, date or text as people write it.
std::string TextInWords(const FieldDescriptor& field, const std::string& text) {
  const std::string& name = field.name();
  if (name == "role" || name == "to") return RoleInWords(text);
  if (name == "sen_type" || name == "primary_need" || name == "secondary_need") {
    return NeedInWords(text);
  }
  if (name == "discipline") return DisciplineInWords(text);
  if (name == "nc_year") return YearInWords(text);
  if (name == "field") return FieldInWords(text.substr(text.rfind('.') + 1));
  if (name == "new_value" || name == "old_value") {
    const auto* value =
        DescriptorPool::generated_pool()->FindEnumValueByName(absl::StrCat("apdr.sen.v1.", text));
    if (value != nullptr) return ValueInWords(*value);
  }
  return DateInWords(text);
}

std::string NumberInWords(const FieldDescriptor& field, std::uint64_t number) {
  if (field.name() == "cost_pence") {
    return absl::StrFormat("£%d.%02d", number / 100, number % 100);
  }
  return absl::StrCat(number);
}

// The field, or its item at `index` (0 or more), which is no message. Empty: it says nothing.
std::string Scalar(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextInWords(field, one ? reflection.GetString(message, &field)
                                    : reflection.GetRepeatedString(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return ValueInWords(one ? *reflection.GetEnum(message, &field)
                              : *reflection.GetRepeatedEnum(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_UINT32:
      return NumberInWords(field, one ? reflection.GetUInt32(message, &field)
                                      : reflection.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return NumberInWords(field, one ? reflection.GetUInt64(message, &field)
                                      : reflection.GetRepeatedUInt64(message, &field, index));
    default:
      return {};
  }
}

class Teller {
 public:
  Teller(const std::vector<std::string>& corrected, Detail detail)
      : corrected_(corrected), detail_(detail) {}

  [[nodiscard]] std::vector<Fact> Take() { return std::move(facts_); }

  // The fields that are set, in the order of the schema. What only holds one message vanishes.
  void AddFields(const Message& message, const std::string& path) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (!IsHidden(*field)) AddField(message, *field, absl::StrCat(path, field->name()));
    }
  }

 private:
  void AddField(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const auto& reflection = *message.GetReflection();
    if (IsCounted(field) && detail_ == Detail::kBrief) {
      Add(field, path, absl::StrCat(reflection.FieldSize(message, &field)));
    } else if (IsMessage(field) && field.is_repeated()) {
      AddMessages(message, field, path);
    } else if (IsMessage(field)) {
      const Message& inner = reflection.GetMessage(message, &field);
      const std::string brief = Brief(inner);
      if (brief.empty()) {
        AddFields(inner, path + ".");
      } else {
        Add(field, path, brief);
      }
    } else if (field.is_repeated()) {
      std::vector<std::string> items;
      for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        items.push_back(Scalar(message, field, i));
      }
      Add(field, path, absl::StrJoin(items, "; "));
    } else {
      Add(field, path, Scalar(message, field, -1));
    }
  }

  // People in one line, anything else in a line each.
  void AddMessages(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const auto& reflection = *message.GetReflection();
    const bool people = field.message_type() == sen::v1::PersonRef::descriptor();
    std::vector<std::string> items;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const Message& item = reflection.GetRepeatedMessage(message, &field, i);
      std::string brief = Brief(item);
      if (brief.empty()) brief = InOneLine(item);
      if (!brief.empty()) items.push_back(std::move(brief));
    }
    Add(field, path, absl::StrJoin(items, people ? ", " : "\n"));
  }

  // "parent; Took part by: phone": what heads it needs no name.
  [[nodiscard]] std::string InOneLine(const Message& message) const {
    const std::vector<std::string> none;
    Teller inner(none, detail_);
    inner.AddFields(message, "");
    std::vector<std::string> parts;
    for (const Fact& fact : inner.facts_) {
      parts.push_back(parts.empty() ? fact.value : absl::StrCat(fact.name, ": ", fact.value));
    }
    return absl::StrJoin(parts, "; ");
  }

  // Messages that people write as one value; empty: any other.
  static std::string Brief(const Message& message) {
    if (const auto* person = dynamic_cast<const sen::v1::PersonRef*>(&message)) {
      return RoleInWords(person->role());
    }
    if (const auto* measure = dynamic_cast<const sen::v1::Measure*>(&message)) {
      return absl::StrCat(measure->measure(), measure->measure().empty() ? "" : ": ",
                          MeasureInWords(*measure));
    }
    if (const auto* frequency = dynamic_cast<const sen::v1::Frequency*>(&message)) {
      return FrequencyInWords(*frequency);
    }
    if (const auto* setting = dynamic_cast<const sen::v1::Setting*>(&message)) {
      return absl::StrCat(Capital(InWords(setting->type())), ", ", InWords(setting->scheme()), " ",
                          setting->value());
    }
    return {};
  }

  void Add(const FieldDescriptor& field, const std::string& path, std::string value) {
    if (value.empty()) return;
    if (std::ranges::find(corrected_, path) != corrected_.end()) value += " (corrected)";
    AddFact(facts_, FieldInWords(field), std::move(value));
  }

  const std::vector<std::string>& corrected_;
  const Detail detail_;
  std::vector<Fact> facts_;
};

// A correction may carry such a number, as the value before or after.
bool IsAboutANumber(const sen::v1::RecordCorrected& corrected) {
  const std::string& path = corrected.correction().field();
  return path.find("identifier") != std::string::npos;
}

}  // namespace

std::vector<Fact> FactsOf(const Message& payload, const std::vector<std::string>& corrected,
                          Detail detail) {
  Teller teller(corrected, detail);
  if (const auto* correction = dynamic_cast<const sen::v1::RecordCorrected*>(&payload);
      correction != nullptr && IsAboutANumber(*correction)) {
    sen::v1::RecordCorrected without = *correction;
    without.clear_old_value();
    without.mutable_correction()->clear_new_value();
    teller.AddFields(without, "");
  } else {
    teller.AddFields(payload, "");
  }
  return teller.Take();
}

}  // namespace apdr::document
