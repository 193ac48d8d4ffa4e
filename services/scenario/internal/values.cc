#include "services/scenario/internal/values.h"

#include <cstdint>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apdr/options/v1/options.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/id_source.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/field_names.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace examples = sen::examples;
namespace v1 = sen::v1;
using google::protobuf::Message;

// "SPLD(1)"; the rank left out is 1.
absl::Status ReadNeed(v1::Need& need, std::string_view words) {
  const std::size_t open = words.find('(');
  std::uint32_t rank = 1;
  if (open != std::string_view::npos &&
      !absl::SimpleAtoi(std::string(words.substr(open + 1, words.size() - open - 2)), &rank)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Expected a need with its rank such as SPLD(1), but found '", std::string(words), "'."));
  }
  need = examples::NeedOf(words.substr(0, open), rank);
  return absl::OkStatus();
}

absl::Status ReadAdaptation(v1::Adaptation& adaptation, std::string_view words) {
  APDR_ASSIGN_OR_RETURN(const int kind, EnumNumber(*v1::AdaptationKind_descriptor(), words));
  adaptation.set_kind(static_cast<v1::AdaptationKind>(kind));
  adaptation.set_description("As it is done in class.");
  return absl::OkStatus();
}

// The number of "O3" or "3".
std::optional<int> NumberOf(std::string_view words) {
  if (words.starts_with("O") || words.starts_with("P")) words.remove_prefix(1);
  return ParseCount(words);
}

}  // namespace

std::string DateWords(std::string_view words, Date date) {
  const std::string plain = Normalised(words);
  if (plain == "today" || (plain.size() > 4 && IsDayOfCommand({}, words))) return FormatDate(date);
  if (plain == "tomorrow") return FormatDate(date + 1);
  if (plain == "yesterday") return FormatDate(date - 1);
  int days = 0;
  const bool relative = words.size() > 2 && (words[0] == '+' || words[0] == '-') &&
                        words.back() == 'd' &&
                        absl::SimpleAtoi(std::string(words.substr(0, words.size() - 1)), &days);
  return relative ? FormatDate(date + days) : std::string(words);
}

Values::Values(const ContentContext& context)
    : case_id_(context.case_id),
      date_(context.date),
      policy_(context.policy),
      example_{.case_id = context.case_id,
               .occurred_on = context.date,
               .state = context.state,
               .policy = context.policy} {}

ValueReaders Values::readers() const {
  return {
      .message = [this](Message& message, std::string_view words) { return Read(message, words); },
      .text = [this](const google::protobuf::FieldDescriptor& field,
                     std::string_view words) { return Text(field, words); }};
}

std::string Values::Text(const google::protobuf::FieldDescriptor& field,
                         std::string_view words) const {
  const auto format = field.options().GetExtension(options::v1::rules).format();
  if (format == options::v1::FORMAT_DATE) return DateWords(words, date_);
  if (format == options::v1::FORMAT_UUID && !IsUuid(words)) {
    const auto person = PersonNamed(case_id_, words, policy_);
    if (person.ok()) return person->person_id();
  }
  return std::string(words);
}

absl::Status Values::Read(Message& message, std::string_view words) const {
  if (auto* need = dynamic_cast<v1::Need*>(&message)) return ReadNeed(*need, words);
  if (auto* adaptation = dynamic_cast<v1::Adaptation*>(&message)) {
    return ReadAdaptation(*adaptation, words);
  }
  if (auto* agreement = dynamic_cast<v1::Agreement*>(&message)) {
    return ReadAgreement(*agreement, words);
  }
  if (auto* outcome = dynamic_cast<v1::Outcome*>(&message)) {
    *outcome = examples::OutcomeNumber(NumberOf(words).value_or(1), date_);
    if (!NumberOf(words).has_value()) outcome->set_outcome_id(std::string(words));
    return absl::OkStatus();
  }
  if (auto* provision = dynamic_cast<v1::PlannedProvision*>(&message)) {
    ReadProvision(*provision, words);
    return absl::OkStatus();
  }
  if (auto* attempt = dynamic_cast<v1::Attempt*>(&message)) {
    const auto on = ParseDate(DateWords(words, date_));
    *attempt = examples::AttemptOn(on.value_or(date_ - ParseCount(words).value_or(1)));
    return absl::OkStatus();
  }
  if (auto* action = dynamic_cast<v1::TeamAction*>(&message)) {
    *action->mutable_who() = examples::Person(case_id_, "TCH");
    action->set_what(std::string(words));
    return absl::OkStatus();
  }
  double number = 0;
  if (auto* measure = dynamic_cast<v1::Measure*>(&message);
      measure != nullptr && absl::SimpleAtod(std::string(words), &number)) {
    measure->set_value(std::string(words));
    return absl::OkStatus();
  }
  return ReadPersonOrFirst(message, words);
}

// "P2", or the layer of a provision: "universal".
void Values::ReadProvision(v1::PlannedProvision& provision, std::string_view words) const {
  const auto layer = EnumNumber(*v1::ProvisionLayer_descriptor(), words);
  provision = examples::ProvisionNumber(NumberOf(words).value_or(1), example_);
  if (NumberOf(words).has_value()) return;
  if (layer.ok()) {
    provision.set_layer(static_cast<v1::ProvisionLayer>(*layer));
  } else {
    provision.set_provision_id(std::string(words));
  }
}

absl::Status Values::ReadAgreement(v1::Agreement& agreement, std::string_view words) const {
  const std::size_t open = words.find('(');
  v1::AgreementForm form = v1::AGREEMENT_FORM_MEETING;
  if (open != std::string_view::npos) {
    APDR_ASSIGN_OR_RETURN(const int number,
                          EnumNumber(*v1::AgreementForm_descriptor(),
                                     words.substr(open + 1, words.size() - open - 2)));
    form = static_cast<v1::AgreementForm>(number);
    words = words.substr(0, open);
  }
  const std::string plain = Normalised(words);
  const bool setting = plain == "setting" || plain == "school";
  APDR_ASSIGN_OR_RETURN(*agreement.mutable_person(),
                        PersonNamed(case_id_, setting ? "SEN" : words, policy_));
  const std::string& role = agreement.person().role();
  agreement.set_capacity(role == "parent" || role == "carer" ? v1::AGREEMENT_CAPACITY_PARENT
                         : role == "young-person" || role == "child"
                             ? v1::AGREEMENT_CAPACITY_YOUNG_PERSON
                             : v1::AGREEMENT_CAPACITY_SETTING);
  agreement.set_stance(v1::AGREEMENT_STANCE_AGREES);
  agreement.set_form(form);
  return absl::OkStatus();
}

// A person, or the first field of any other message: a decision's choice, a measure's name.
absl::Status Values::ReadPersonOrFirst(Message& message, std::string_view words) const {
  v1::PersonRef* person = dynamic_cast<v1::PersonRef*>(&message);
  const std::size_t open = words.find('(');
  const std::string_view note =
      open == std::string_view::npos ? "" : words.substr(open + 1, words.size() - open - 2);
  if (auto* participant = dynamic_cast<v1::Participant*>(&message)) {
    participant->set_attendance(Normalised(note) == "invited" ? v1::ATTENDANCE_INVITED
                                                              : v1::ATTENDANCE_REQUIRED);
    person = participant->mutable_person();
  }
  if (auto* participant = dynamic_cast<v1::ReviewParticipant*>(&message)) {
    const auto method = EnumNumber(*v1::ContactMethod_descriptor(), note);
    participant->set_took_part_by(method.ok() ? static_cast<v1::ContactMethod>(*method)
                                              : v1::CONTACT_METHOD_IN_PERSON);
    person = participant->mutable_person();
  }
  if (person == nullptr) {
    return SetField(message, {message.GetDescriptor()->field(0)}, words, readers());
  }
  APDR_ASSIGN_OR_RETURN(*person, PersonNamed(case_id_, words.substr(0, open), policy_));
  return absl::OkStatus();
}

}  // namespace apdr::scenario
