#include "services/scenario/internal/content.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/options/v1/options.pb.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/id_source.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace examples = sen::examples;
namespace v1 = sen::v1;
using google::protobuf::Message;

// "+7d", "tomorrow": a date counted from the command's own.
std::string DateWords(std::string_view words, Date date) {
  const std::string plain = Normalised(words);
  if (plain == "today") return FormatDate(date);
  if (plain == "tomorrow") return FormatDate(date + 1);
  if (plain == "yesterday") return FormatDate(date - 1);
  int days = 0;
  const bool relative = words.size() > 2 && (words[0] == '+' || words[0] == '-') &&
                        words.back() == 'd' &&
                        absl::SimpleAtoi(std::string(words.substr(0, words.size() - 1)), &days);
  return relative ? FormatDate(date + days) : std::string(words);
}

class ContentBuilder {
 public:
  ContentBuilder(const CommandLine& command, const ContentContext& context, Content& content)
      : command_(command),
        context_(context),
        content_(content),
        message_(*content.message),
        example_{.case_id = context.case_id,
                 .occurred_on = context.date,
                 .state = context.state,
                 .policy = context.policy},
        readers_{.message = [this](Message& message,
                                   std::string_view words) { return Read(message, words); },
                 .text = [this](const google::protobuf::FieldDescriptor& field,
                                std::string_view words) { return Text(field, words); }} {}

  absl::Status Build() {
    APDR_RETURN_IF_ERROR(PutFacts());
    APDR_RETURN_IF_ERROR(PutActor());
    std::string people;
    for (const Argument& argument : command_.arguments) {
      switch (argument.kind) {
        case Argument::Kind::kField:
          APDR_RETURN_IF_ERROR(PutField(argument.key, argument.value));
          break;
        case Argument::Kind::kText:
          APDR_RETURN_IF_ERROR(PutText(argument.value));
          break;
        case Argument::Kind::kPhrase:
          APDR_RETURN_IF_ERROR(PutPhrase(argument.value, people));
          break;
        case Argument::Kind::kRemark:
          for (const std::string& part : SplitOutside(argument.value, ',')) (void)LeaveOut(part);
          break;
      }
    }
    if (!people.empty()) {
      APDR_RETURN_IF_ERROR(
          SetField(message_, MainPeople(*message_.GetDescriptor()), people, readers_));
    }
    Complete();
    return absl::OkStatus();
  }

 private:
  // Who acts is who raises the concern, adapts the teaching, writes the views down.
  absl::Status PutActor() {
    v1::PersonRef* person = nullptr;
    if (auto* concern = dynamic_cast<v1::RaiseConcern*>(&message_)) {
      person = concern->mutable_concern()->mutable_raised_by();
    } else if (auto* adapt = dynamic_cast<v1::AdaptTeaching*>(&message_)) {
      person = adapt->mutable_teaching()->mutable_by();
    } else if (auto* views = dynamic_cast<v1::RecordChildViews*>(&message_)) {
      person = views->mutable_views()->mutable_recorded_by();
    }
    if (person == nullptr || command_.actor_open || command_.actor == "SYS") {
      return absl::OkStatus();
    }
    APDR_ASSIGN_OR_RETURN(*person, PersonNamed(context_.case_id, command_.actor, context_.policy));
    return absl::OkStatus();
  }

  // A registration says what is given of the child.
  absl::Status PutFacts() {
    auto* command = dynamic_cast<v1::RegisterChild*>(&message_);
    if (command == nullptr) return absl::OkStatus();
    for (const auto& [name, fact] : context_.facts) {
      APDR_ASSIGN_OR_RETURN(
          const bool known,
          PutRegistrationFact(name, fact.value, *command->mutable_registration()));
      (void)known;
    }
    return absl::OkStatus();
  }

  absl::Status PutField(const std::string& key, const std::string& value) {
    const std::string plain = Normalised(key);
    if (PutEnvelope(plain, value)) return absl::OkStatus();
    if (auto* registration = dynamic_cast<v1::RegisterChild*>(&message_)) {
      APDR_ASSIGN_OR_RETURN(const bool known,
                            PutRegistrationFact(key, value, *registration->mutable_registration()));
      if (known) return absl::OkStatus();
    }
    if (auto* review = dynamic_cast<v1::HoldReview*>(&message_)) {
      APDR_ASSIGN_OR_RETURN(const bool done, PutEvaluation(key, value, *review->mutable_review()));
      if (done) return absl::OkStatus();
    }
    if (plain == "text") return PutText(value);
    const auto path = FindField(*message_.GetDescriptor(), key);
    if (!path.ok()) return PutMeasure(key, value) ? absl::OkStatus() : path.status();
    if (path->back()->name() == "needed") return PutNewOutcomes(*path, value);
    said_.insert(path->back()->name());
    if (CountedOutcomes(*path, value)) return absl::OkStatus();
    return SetField(message_, *path, value, readers_);
  }

  bool PutEnvelope(const std::string& plain, const std::string& value) {
    if (plain == "expectedversion") {
      content_.expected_version = value;
    } else if (plain == "requestid" || plain == "commandid") {
      content_.request_id = value;
    } else if (plain == "occurredon") {
      content_.occurred_on = ParseDate(DateWords(value, context_.date));
    } else if (plain == "case") {
      content_.other_case = value;
    } else {
      return false;
    }
    return true;
  }

  // "O1=achieved", "all=achieved".
  absl::StatusOr<bool> PutEvaluation(const std::string& key, const std::string& value,
                                     v1::Review& review) {
    const std::string plain = Normalised(key);
    const bool all = plain == "all" || plain == "outcomes";
    const bool one = key.size() > 1 && key[0] == 'O' && ParseCount(key.substr(1)).has_value();
    if (!all && !one) return false;
    APDR_ASSIGN_OR_RETURN(const int status, EnumNumber(*v1::OutcomeStatus_descriptor(), value));
    bool found = false;
    for (v1::OutcomeEvaluation& evaluation : *review.mutable_outcome_evaluations()) {
      if (!all && evaluation.outcome_id() != key) continue;
      evaluation.set_status(static_cast<v1::OutcomeStatus>(status));
      found = true;
    }
    if (!found && one) {
      v1::OutcomeEvaluation& added = *review.add_outcome_evaluations();
      added.set_outcome_id(key);
      added.set_status(static_cast<v1::OutcomeStatus>(status));
      added.set_evidence("seen in class and in the work of the term");
    }
    return true;
  }

  // "words/min=51": a measurement, where the command records one.
  bool PutMeasure(const std::string& key, const std::string& value) {
    v1::Measure* measure = nullptr;
    if (auto* progress = dynamic_cast<v1::RecordProgress*>(&message_)) {
      measure = progress->mutable_progress()->mutable_result();
    } else if (auto* assessment = dynamic_cast<v1::RecordAssessment*>(&message_)) {
      measure = assessment->mutable_assessment()->mutable_result();
    }
    double number = 0;
    if (measure == nullptr || !absl::SimpleAtod(value, &number)) return false;
    measure->set_measure(key);
    measure->set_value(value);
    return true;
  }

  // "newOutcomes.needed=true(2)".
  absl::Status PutNewOutcomes(const FieldPath& path, const std::string& value) {
    const std::size_t open = value.find('(');
    APDR_RETURN_IF_ERROR(SetField(message_, path, value.substr(0, open), readers_));
    auto* hold = dynamic_cast<v1::HoldReview*>(&message_);
    if (hold == nullptr) return absl::OkStatus();
    v1::NewOutcomes& outcomes = *hold->mutable_review()->mutable_new_outcomes();
    outcomes.clear_items();
    int count = outcomes.needed() ? 1 : 0;
    if (open != std::string::npos) {
      count = ParseCount(value.substr(open + 1, value.size() - open - 2)).value_or(count);
    }
    for (int i = 1; i <= count; ++i) {
      *outcomes.add_items() = examples::OutcomeNumber(kFirstNewOutcome + i, context_.date);
    }
    return absl::OkStatus();
  }

  // "outcomes=3", "2 outcomes 2 provisions".
  bool CountedOutcomes(const FieldPath& path, std::string_view value) {
    const auto count = ParseCount(value);
    if (!count.has_value() || !path.back()->is_repeated()) return false;
    const auto* type = path.back()->message_type();
    const bool outcomes = type == v1::Outcome::descriptor();
    const bool provisions = type == v1::PlannedProvision::descriptor();
    const bool attempts = type == v1::Attempt::descriptor();
    if (!outcomes && !provisions && !attempts) return false;
    std::vector<std::string> numbers;
    for (int i = 1; i <= *count; ++i) numbers.push_back(absl::StrCat(i));
    if (numbers.empty()) {
      ClearField(message_, path);
      return true;
    }
    return SetField(message_, path, absl::StrJoin(numbers, ","), readers_).ok();
  }

  absl::Status PutText(const std::string& value) {
    const FieldPath path = MainText(*message_.GetDescriptor());
    if (!path.empty()) return SetText(message_, path, value, readers_);
    return absl::InvalidArgumentError(absl::StrCat("Expected no text in quotes for ", command_.name,
                                                   ", but found one; it has no text field."));
  }

  absl::Status PutPhrase(const std::string& phrase, std::string& people) {
    const std::string plain = Normalised(phrase);
    if (plain == "complete" || plain == "allfourdecisions" || plain == "allelsecomplete") {
      return absl::OkStatus();
    }
    if (LeaveOut(phrase) || Count(phrase) || TookPart(phrase) || Discipline(phrase)) {
      return absl::OkStatus();
    }
    const bool takes_people = !MainPeople(*message_.GetDescriptor()).empty();
    if (takes_people && PersonNamed(context_.case_id, phrase, context_.policy).ok()) {
      absl::StrAppend(&people, people.empty() ? "" : ",", phrase);
    } else if (auto* assessment = dynamic_cast<v1::RecordAssessment*>(&message_)) {
      assessment->mutable_assessment()->set_instrument(phrase);
    } else {
      content_.remarks.push_back(phrase);
    }
    return absl::OkStatus();
  }

  // "without reviewOn", "no reviewOn", "newOutcomes absent", "O3 missing". False: nothing of the
  // command is meant.
  bool LeaveOut(std::string_view phrase) {
    std::string name;
    for (const std::string_view before : {"without ", "no "}) {
      if (phrase.starts_with(before)) name = std::string(phrase.substr(before.size()));
    }
    for (const std::string_view after : {" absent", " missing"}) {
      if (phrase.ends_with(after))
        name = std::string(phrase.substr(0, phrase.size() - after.size()));
    }
    if (name.empty()) return false;
    if (auto* hold = dynamic_cast<v1::HoldReview*>(&message_)) {
      auto& evaluations = *hold->mutable_review()->mutable_outcome_evaluations();
      const auto found = std::ranges::find(evaluations, name, &v1::OutcomeEvaluation::outcome_id);
      if (found != evaluations.end()) {
        evaluations.erase(found);
        return true;
      }
    }
    const auto path = FindField(*message_.GetDescriptor(), name);
    if (!path.ok()) return false;
    ClearField(message_, *path);
    said_.insert(path->back()->name());
    return true;
  }

  // "2 outcomes 2 provisions": pairs of a number and a list.
  bool Count(const std::string& phrase) {
    const auto words = SplitOutside(phrase, ' ');
    if (words.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < words.size(); i += 2) {
      if (!ParseCount(words[i]).has_value()) return false;
      const auto path = FindField(*message_.GetDescriptor(), words[i + 1]);
      if (!path.ok() || !CountedOutcomes(*path, words[i])) return false;
    }
    return !words.empty();
  }

  // "parent by phone".
  bool TookPart(const std::string& phrase) {
    auto* hold = dynamic_cast<v1::HoldReview*>(&message_);
    const std::size_t by = phrase.find(" by ");
    if (hold == nullptr || by == std::string::npos) return false;
    const auto person = PersonNamed(context_.case_id, phrase.substr(0, by), context_.policy);
    const auto method = EnumNumber(*v1::ContactMethod_descriptor(), phrase.substr(by + 4));
    if (!person.ok() || !method.ok()) return false;
    for (v1::ReviewParticipant& participant : *hold->mutable_review()->mutable_participants()) {
      if (participant.person().role() == person->role()) {
        participant.set_took_part_by(static_cast<v1::ContactMethod>(*method));
        return true;
      }
    }
    v1::ReviewParticipant& added = *hold->mutable_review()->add_participants();
    *added.mutable_person() = *person;
    added.set_took_part_by(static_cast<v1::ContactMethod>(*method));
    return true;
  }

  // "RecordInvolvedProfessional SLT": the professional of that discipline.
  bool Discipline(const std::string& phrase) {
    const auto& known = context_.policy.disciplines;
    const auto found = std::ranges::find_if(
        known, [&](const std::string& code) { return Normalised(code) == Normalised(phrase); });
    if (found == known.end()) return false;
    if (auto* involved = dynamic_cast<v1::RecordInvolvedProfessional*>(&message_)) {
      involved->mutable_professional()->set_discipline(*found);
      involved->mutable_professional()->set_person_id(examples::PersonId(context_.case_id, *found));
      return true;
    }
    auto* input = dynamic_cast<v1::RecordProfessionalInput*>(&message_);
    if (input == nullptr) return false;
    input->mutable_input()->set_discipline(*found);
    input->mutable_input()->mutable_professional()->set_person_id(
        examples::PersonId(context_.case_id, *found));
    return true;
  }

  // What a choice of the script makes necessary and the script leaves open.
  void Complete() {
    if (auto* hold = dynamic_cast<v1::HoldReview*>(&message_)) {
      v1::Review& review = *hold->mutable_review();
      const bool open = !said_.contains("what_different") && !said_.contains("support_decision");
      if (open && review.support_decision().choice() == v1::SUPPORT_CHOICE_DIFFERENT) {
        review.mutable_support_decision()->set_what_different(
            "a smaller group, three times a week");
      }
    }
    if (auto* adaptation = dynamic_cast<v1::ReviewAdaptation*>(&message_)) {
      const bool goes_on = adaptation->result() == v1::ADAPTATION_RESULT_CONTINUE_ADAPTING;
      if (goes_on && !said_.contains("new_review_on")) {
        adaptation->set_new_review_on(FormatDate(context_.date + kNextLookDays));
      }
      if (!goes_on && !said_.contains("new_review_on")) adaptation->clear_new_review_on();
    }
    if (auto* record = dynamic_cast<v1::RecordContribution*>(&message_)) {
      v1::Contribution& contribution = *record->mutable_contribution();
      const bool silent = contribution.stance() == v1::CONTRIBUTION_STANCE_NO_RESPONSE;
      for (int i = 0; silent && !said_.contains("attempts") && i < 2; ++i) {
        *contribution.add_attempts() = examples::AttemptOn(context_.date);
      }
    }
  }

  std::string Text(const google::protobuf::FieldDescriptor& field, std::string_view words) const {
    const auto format = field.options().GetExtension(options::v1::rules).format();
    if (format == options::v1::FORMAT_DATE) return DateWords(words, context_.date);
    if (format == options::v1::FORMAT_UUID && !IsUuid(words)) {
      const auto person = PersonNamed(context_.case_id, words, context_.policy);
      if (person.ok()) return person->person_id();
    }
    return std::string(words);
  }

  // "SPLD(1)"; the rank left out is the place in the list.
  static absl::Status ReadNeed(v1::Need& need, std::string_view words) {
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

  absl::Status ReadAgreement(v1::Agreement& agreement, std::string_view words) {
    const bool setting = Normalised(words) == "setting";
    APDR_ASSIGN_OR_RETURN(*agreement.mutable_person(),
                          PersonNamed(context_.case_id, setting ? "SEN" : words, context_.policy));
    const std::string& role = agreement.person().role();
    agreement.set_capacity(role == "parent" || role == "carer" ? v1::AGREEMENT_CAPACITY_PARENT
                           : role == "young-person" || role == "child"
                               ? v1::AGREEMENT_CAPACITY_YOUNG_PERSON
                               : v1::AGREEMENT_CAPACITY_SETTING);
    agreement.set_stance(v1::AGREEMENT_STANCE_AGREES);
    agreement.set_form(v1::AGREEMENT_FORM_MEETING);
    return absl::OkStatus();
  }

  // A message of a value type from a script's words.
  absl::Status Read(Message& message, std::string_view words) {
    if (auto* need = dynamic_cast<v1::Need*>(&message)) return ReadNeed(*need, words);
    if (auto* agreement = dynamic_cast<v1::Agreement*>(&message)) {
      return ReadAgreement(*agreement, words);
    }
    const std::string number(words.starts_with("O") || words.starts_with("P") ? words.substr(1)
                                                                              : words);
    if (auto* outcome = dynamic_cast<v1::Outcome*>(&message)) {
      *outcome = examples::OutcomeNumber(ParseCount(number).value_or(1), context_.date);
      return absl::OkStatus();
    }
    if (auto* provision = dynamic_cast<v1::PlannedProvision*>(&message)) {
      *provision = examples::ProvisionNumber(ParseCount(number).value_or(1), example_);
      return absl::OkStatus();
    }
    if (auto* attempt = dynamic_cast<v1::Attempt*>(&message)) {
      *attempt = examples::AttemptOn(context_.date - ParseCount(number).value_or(1));
      return absl::OkStatus();
    }
    return ReadPersonOrFirst(message, words);
  }

  // A person, or the first field of any other message: a decision's choice, a measure's name.
  absl::Status ReadPersonOrFirst(Message& message, std::string_view words) {
    v1::PersonRef* person = dynamic_cast<v1::PersonRef*>(&message);
    if (auto* participant = dynamic_cast<v1::Participant*>(&message)) {
      participant->set_attendance(v1::ATTENDANCE_REQUIRED);
      person = participant->mutable_person();
    }
    if (auto* participant = dynamic_cast<v1::ReviewParticipant*>(&message)) {
      participant->set_took_part_by(v1::CONTACT_METHOD_IN_PERSON);
      person = participant->mutable_person();
    }
    if (person == nullptr) {
      return SetField(message, {message.GetDescriptor()->field(0)}, words, readers_);
    }
    APDR_ASSIGN_OR_RETURN(*person, PersonNamed(context_.case_id, words, context_.policy));
    return absl::OkStatus();
  }

  // New outcomes have numbers beyond those of the plan.
  static constexpr int kFirstNewOutcome = 10;
  static constexpr int kNextLookDays = 28;

  const CommandLine& command_;
  const ContentContext& context_;
  Content& content_;
  Message& message_;
  const examples::ExampleContext example_;
  const ValueReaders readers_;
  std::set<std::string> said_;  // Fields that the script speaks of.
};

}  // namespace

absl::StatusOr<Content> BuildContent(const CommandLine& command, const std::string& type,
                                     const ContentContext& context) {
  Content content;
  content.message = examples::Minimal(type, {.case_id = context.case_id,
                                             .occurred_on = context.date,
                                             .state = context.state,
                                             .policy = context.policy});
  if (content.message == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("Expected a command of SEN Support, but ",
                                                   command.name, " has no example content."));
  }
  APDR_RETURN_IF_ERROR(ContentBuilder(command, context, content).Build());
  return content;
}

}  // namespace apdr::scenario
