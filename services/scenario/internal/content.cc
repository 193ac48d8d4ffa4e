#include "services/scenario/internal/content.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_state.h"
#include "services/scenario/internal/command_words.h"
#include "services/scenario/internal/completion.h"
#include "services/scenario/internal/field_names.h"
#include "services/scenario/internal/later_words.h"
#include "services/scenario/internal/leave_out.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/phrases.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/setting_words.h"
#include "services/scenario/internal/values.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace examples = sen::examples;
namespace v1 = sen::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class ContentBuilder {
 public:
  ContentBuilder(const CommandLine& command, const ContentContext& context, Content& content)
      : command_(command),
        context_(context),
        content_(content),
        message_(*content.message),
        type_(*message_.GetDescriptor()),
        values_(context),
        readers_(values_.readers()) {}

  absl::Status Build() {
    APDR_RETURN_IF_ERROR(PutFacts());
    APDR_RETURN_IF_ERROR(PutActor(command_, context_, message_));
    for (const Argument& argument : command_.arguments) APDR_RETURN_IF_ERROR(Put(argument));
    if (!people_.empty()) {
      const FieldPath path = MainPeople(type_);
      said_.insert(path.back()->name());
      APDR_RETURN_IF_ERROR(SetField(message_, path, people_, readers_));
    }
    for (const std::string& phrase : part_by_) (void)PutPartBy(phrase, context_, message_);
    if (only_) KeepEvaluationsOf(said_, message_);
    for (const std::string& words : left_out_) {
      if (LeaveOut(words, message_, said_)) continue;
      return absl::InvalidArgumentError(absl::StrCat("Expected a part of ", command_.name,
                                                     " that can be left out, but '", words,
                                                     "' is none."));
    }
    APDR_RETURN_IF_ERROR(PutAsker(command_, context_, said_, message_));
    CompleteCorrection(context_, message_);
    Complete(context_, said_, message_);
    return absl::OkStatus();
  }

 private:
  absl::Status Put(const Argument& argument) {
    if (argument.kind != Argument::Kind::kPhrase) leaving_out_ = false;
    switch (argument.kind) {
      case Argument::Kind::kField:
        return PutField(argument.key, argument.value);
      case Argument::Kind::kText:
        return PutText(argument.value);
      case Argument::Kind::kPhrase:
        return PutPhrase(argument.value);
      case Argument::Kind::kRemark:
        PutRemark(argument.value);
        break;
    }
    return absl::OkStatus();
  }

  // Of a remark, only what it says to be left out counts.
  void PutRemark(const std::string& remark) {
    for (const std::string& part : SplitOutside(remark, ',')) {
      const std::string_view words = WordsLeftOut(part);
      if (words.empty()) continue;
      std::set<std::string> said;
      const std::unique_ptr<Message> trial(message_.New());
      trial->CopyFrom(message_);
      if (LeaveOut(words, *trial, said)) left_out_.emplace_back(words);
    }
  }

  // A registration says what is given of the child; another child's case says it itself.
  absl::Status PutFacts() {
    if (!sen::CaseOf(context_.state).has_setting()) {
      APDR_RETURN_IF_ERROR(PutSettingFacts(context_.facts, message_));
    }
    auto* command = dynamic_cast<v1::RegisterChild*>(&message_);
    if (command == nullptr || IsOfOtherCase(command_)) return absl::OkStatus();
    for (const auto& [name, fact] : context_.facts) {
      APDR_ASSIGN_OR_RETURN(
          const bool known,
          PutRegistrationFact(name, fact.value, *command->mutable_registration()));
      if (known && name == "settingtype") said_.insert("type");
    }
    return absl::OkStatus();
  }

  absl::Status PutField(const std::string& key, const std::string& value) {
    const std::string plain = Normalised(key);
    APDR_ASSIGN_OR_RETURN(const bool envelope, PutEnvelope(plain, value));
    if (envelope) return absl::OkStatus();
    if (auto* registration = dynamic_cast<v1::RegisterChild*>(&message_)) {
      APDR_ASSIGN_OR_RETURN(const bool known,
                            PutRegistrationFact(key, value, *registration->mutable_registration()));
      if (known && plain == "settingtype") said_.insert("type");
      if (known) return absl::OkStatus();
    }
    if (auto* review = dynamic_cast<v1::HoldReview*>(&message_)) {
      APDR_ASSIGN_OR_RETURN(const bool done, PutEvaluation(key, value, *review->mutable_review()));
      if (done) said_.insert(key);
      if (done) return absl::OkStatus();
    }
    if (plain == "text") return PutText(value);
    APDR_ASSIGN_OR_RETURN(const bool of_setting, PutSettingWord(key, value, message_));
    if (of_setting) return absl::OkStatus();
    APDR_ASSIGN_OR_RETURN(const bool outside, PutOutside(key, value, context_, message_));
    if (outside) said_.insert(plain);
    if (outside) return absl::OkStatus();
    const std::string name = SchemaName(command_.name, key);
    APDR_ASSIGN_OR_RETURN(const bool elsewhere, PutElsewhere(name, value));
    if (elsewhere) return absl::OkStatus();
    auto path = FindField(type_, name);
    if (!path.ok()) return PutMeasure(key, value, message_) ? absl::OkStatus() : path.status();
    Descend(*path, value, context_);
    if (const auto* hold = dynamic_cast<const v1::HoldReview*>(&message_);
        hold != nullptr && PutNeverDelivered(value, message_)) {
      said_.insert("never_delivered_reason");
      return absl::OkStatus();
    }
    if (path->back()->message_type() == v1::NewOutcomes::descriptor() ||
        path->back()->containing_type() == v1::NewOutcomes::descriptor()) {
      return PutNewOutcomes(*path, value);
    }
    return PutAt(*path, value);
  }

  absl::Status PutAt(const FieldPath& path, const std::string& value) {
    said_.insert(path.back()->name());
    const bool list = std::ranges::any_of(path, &FieldDescriptor::is_repeated);
    list_ = list ? path : FieldPath{};
    list_value_ = value;
    if (SetCounted(message_, path, value, readers_)) return absl::OkStatus();
    const bool needs = path.back()->message_type() == v1::Need::descriptor();
    return SetField(message_, path, needs ? WithRanks(value) : value, readers_);
  }

  absl::StatusOr<bool> PutEnvelope(const std::string& plain, const std::string& value) {
    const bool spare = !HasField(type_, plain);
    if (plain == "expectedversion" || (spare && (plain == "version" || plain == "expected"))) {
      content_.expected_version = value;
    } else if (plain == "actorsetting" || (spare && plain == "fromsetting")) {
      content_.actor_setting = value;
    } else if (plain == "commandid" || (plain == "requestid" && !HasField(type_, "requestId"))) {
      content_.request_id = value;
    } else if (plain == "occurredon") {
      APDR_ASSIGN_OR_RETURN(content_.occurred_on, DayOf(plain, value, context_.date));
    } else if (plain == "case") {
      content_.other_case = value;
    } else {
      return false;
    }
    return true;
  }

  // What the catalogue of events lists and the command has not: its day, which every command has,
  // and what the product adds to the event.
  absl::StatusOr<bool> PutElsewhere(const std::string& name, const std::string& value) {
    if (HasField(type_, name)) return false;
    if (IsDayOfCommand(command_.name, name)) {
      APDR_ASSIGN_OR_RETURN(content_.occurred_on, DayOf(name, value, context_.date));
      return true;
    }
    if (!IsTakenFromEvent(name)) return false;
    content_.checks.push_back({Argument::Kind::kField, name, value});
    return true;
  }

  // "newOutcomes.needed=true(2)", "newOutcomes=none", "newOutcomes.items=O11".
  absl::Status PutNewOutcomes(const FieldPath& path, const std::string& value) {
    v1::NewOutcomes& outcomes =
        *dynamic_cast<v1::HoldReview&>(message_).mutable_review()->mutable_new_outcomes();
    if (path.back()->name() == "items") return PutAt(path, value);
    const std::size_t open = value.find('(');
    const std::string plain = Normalised(value.substr(0, open));
    if (plain == "absent" || plain == "missing" || plain == "[]") {
      ClearField(message_, path);
      return absl::OkStatus();
    }
    const auto given = ParseCount(plain);
    const bool no = plain == "none" || plain == "no" || plain == "false" || given == 0;
    if (!no && !given.has_value() && plain != "true" && plain != "yes" && plain != "needed") {
      outcomes.set_needed(true);
      FieldPath items = path;
      if (items.back()->name() == "needed") items.pop_back();
      items.push_back(v1::NewOutcomes::descriptor()->FindFieldByName("items"));
      return PutAt(items, value);
    }
    outcomes.set_needed(!no);
    int count = no ? 0 : given.value_or(1);
    if (open != std::string::npos) {
      count = ParseCount(value.substr(open + 1, value.size() - open - 2)).value_or(count);
    } else if (said_.contains("items")) {
      return absl::OkStatus();
    }
    outcomes.clear_items();
    for (int i = 1; i <= count; ++i) {
      *outcomes.add_items() = examples::OutcomeNumber(kFirstNewOutcome + i, context_.date);
    }
    return absl::OkStatus();
  }

  absl::Status PutText(const std::string& value) {
    const FieldPath path = MainText(type_);
    if (!path.empty()) {
      said_.insert(path.back()->name());
      return SetText(message_, path, value, readers_);
    }
    return absl::InvalidArgumentError(absl::StrCat("Expected no text in quotes for ", command_.name,
                                                   ", but found one; it has no text field."));
  }

  // "parentDiscussed": the name of what is true.
  bool PutBareFlag(const std::string& phrase) {
    if (phrase.find(' ') != std::string::npos) return false;
    const auto path = FindField(type_, SchemaName(command_.name, phrase));
    const bool flag = path.ok() && !path->empty() && !path->back()->is_repeated() &&
                      path->back()->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL;
    return flag && PutField(phrase, "true").ok();
  }

  absl::Status PutPhrase(const std::string& phrase) {
    if (IsFiller(Normalised(phrase)) || PutBareValue(phrase)) return absl::OkStatus();
    if (const std::string_view words = WordsLeftOut(phrase); !words.empty()) {
      left_out_.emplace_back(words);
      leaving_out_ = true;
      return absl::OkStatus();
    }
    if (leaving_out_ && HasField(type_, phrase)) {
      left_out_.push_back(phrase);
      return absl::OkStatus();
    }
    leaving_out_ = false;
    if (PutRepetition(Normalised(phrase), content_) || PutStatus(phrase, message_, said_) ||
        PutMeans(phrase)) {
      return absl::OkStatus();
    }
    const std::size_t after = phrase.find(" after ");  // "parent absent after 2 attempts"
    if (after != std::string::npos && Count(phrase.substr(after + 7))) {
      return PutPhrase(phrase.substr(0, after));
    }
    if (phrase == "only") only_ = true;
    if (phrase == "only" || PutUndelivered(phrase)) return absl::OkStatus();
    if (IsTypeOfProduct(phrase.substr(0, phrase.find(' ')))) {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected a semicolon between two commands, but '", phrase, "' follows ",
                       command_.name, " without one."));
    }
    if (ParseDate(DateWords(phrase, context_.date)).has_value()) {
      if (command_.name == "ChangeReviewDate") return PutField("to", phrase);
      if (command_.name == "ScheduleReview") return PutField("meetingOn", phrase);
      if (command_.name == "PlanTransition") return PutField("expectedOn", phrase);
      return absl::InvalidArgumentError(
          absl::StrCat("Expected the name of a field before the date ", phrase,
                       ", as reviewOn=", phrase, ", but there is none."));
    }
    APDR_ASSIGN_OR_RETURN(const bool later, PutLaterPhrase(phrase, context_, message_));
    if (later) return absl::OkStatus();
    if (PutPartBy(phrase, context_, message_)) {
      part_by_.push_back(phrase);
      return absl::OkStatus();
    }
    if (Count(phrase) || PutPair(phrase) || PutPairs(phrase) || PutProse(phrase) ||
        GoesOn(phrase) || PutProfessional(phrase, context_, message_) || PutPeople(phrase)) {
      return absl::OkStatus();
    }
    if (PutBareFlag(phrase)) return absl::OkStatus();
    const std::size_t space = phrase.find(' ');  // "concerns-resolved parentDiscussed"
    if (space != std::string::npos && PutFirst(phrase.substr(0, space), phrase.substr(space + 1))) {
      return PutPhrase(phrase.substr(space + 1));
    }
    if (auto* assessment = dynamic_cast<v1::RecordAssessment*>(&message_)) {
      assessment->mutable_assessment()->set_instrument(phrase);
    } else {
      content_.remarks.push_back(phrase);
    }
    return absl::OkStatus();
  }

  // "by letter", "PAR by letter": how, where one field has such a value.
  bool PutMeans(const std::string& phrase) {
    const std::string words = absl::StrCat(" ", phrase);
    const std::size_t by = words.find(" by ");
    if (by == std::string::npos || dynamic_cast<const v1::HoldReview*>(&message_) != nullptr) {
      return false;
    }
    const std::string means = words.substr(by + 4);
    const std::string who = Trim(words.substr(0, by));
    return !FieldOfValue(type_, means).empty() && (who.empty() || PutPeople(who)) &&
           PutBareValue(means);
  }

  bool PutUndelivered(const std::string& phrase) {
    if (!PutNeverDelivered(phrase, message_)) return false;
    said_.insert("never_delivered_reason");
    return true;
  }

  // "PAR complete", "complete never-delivered": the first word of several, if it says something of
  // its own. A person does at the end of a list, or before words that say nothing.
  bool PutFirst(const std::string& word, const std::string& rest) {
    if (IsFiller(Normalised(word)) || PutUndelivered(word) || PutBareValue(word) ||
        PutBareFlag(word)) {
      return true;
    }
    const std::string next = Normalised(rest.substr(0, rest.find(' ')));
    const bool ends = !people_.empty() || IsFiller(next) || IsFiller(Normalised(rest)) ||
                      next == "neverdelivered";
    return ends && PutPeople(word);
  }

  // "ReviewAdaptation continue-adapting", "RaiseConcern CL,SEMH": the field that has such a value.
  bool PutBareValue(const std::string& phrase) {
    const FieldPath path = FieldOfValue(type_, phrase);
    if (path.empty()) return false;
    std::string& value = bare_[path.back()];
    absl::StrAppend(&value, value.empty() ? "" : ",", phrase);
    said_.insert(path.back()->name());
    const bool list = std::ranges::any_of(path, &FieldDescriptor::is_repeated);
    return SetField(message_, path, list ? value : phrase, readers_).ok();
  }

  // "reviewOn +200 days", "occurredOn tomorrow", "UPN P207000016049": a field and its value.
  bool PutPair(const std::string& phrase) {
    const std::vector<std::string> words = SplitOutside(phrase, ' ');
    if (words.size() < 2 || words.size() > 3) return false;
    std::string value = words[1];
    if (words.size() == 3 && words[2] == "days") {
      absl::StrAppend(&value, "d");
    } else if (phrase == "expectedVersion one behind") {
      value = "current-1";
    } else if (words.size() == 3) {
      return false;
    }
    std::string name = words[0];
    while (name.ends_with(':')) name.pop_back();
    const std::string plain = Normalised(name);
    const bool fact = dynamic_cast<v1::RegisterChild*>(&message_) != nullptr;
    if (!fact && plain != "occurredon" && plain != "expectedversion" &&
        !HasField(type_, SchemaName(command_.name, plain))) {
      return false;
    }
    const std::unique_ptr<Message> before(message_.New());
    before->CopyFrom(message_);
    if (PutField(name, value).ok()) return true;
    message_.CopyFrom(*before);
    return false;
  }

  // "DOB 2015-03-01 UPN X80120000A001": several of them.
  bool PutPairs(const std::string& phrase) {
    const std::vector<std::string> words = SplitOutside(phrase, ' ');
    if (words.size() < 4 || words.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < words.size(); i += 2) {
      if (!PutPair(absl::StrCat(words[i], " ", words[i + 1]))) return false;
    }
    return true;
  }

  // What the single-command negatives of the domain say of a plan.
  bool PutProse(const std::string& phrase) {
    auto* agree = dynamic_cast<v1::AgreePlan*>(&message_);
    if (agree == nullptr) return false;
    const std::string plain = Normalised(phrase);
    if (plain.find("notlinked") != std::string::npos) return PutField("outcomeIds", "[]").ok();
    if (plain.starts_with("onlyuniversal")) return PutField("provisions.layer", "universal").ok();
    if (!plain.starts_with("responsible")) return false;
    return PutField("responsibleTeacher", phrase.substr(phrase.rfind(' ') + 1)).ok();
  }

  // One more item of the list before it: "kind=materials, pace".
  bool GoesOn(const std::string& phrase) {
    const auto* values = list_.empty() ? nullptr : list_.back()->enum_type();
    if (values == nullptr || !EnumNumber(*values, phrase).ok()) return false;
    absl::StrAppend(&list_value_, ",", phrase);
    return SetField(message_, list_, list_value_, readers_).ok();
  }

  // "PAR", "with PAR and CHI".
  bool PutPeople(std::string_view phrase) {
    if (PutViewsOf(phrase, message_)) return true;
    for (const std::string_view before : {"with ", "to ", "by ", "of ", "from ", "for "}) {
      if (phrase.starts_with(before)) phrase.remove_prefix(before.size());
    }
    if (phrase.ends_with(" only")) phrase.remove_suffix(5);
    const std::vector<std::string> names =
        absl::StrSplit(absl::string_view(phrase.data(), phrase.size()), absl::ByString(" and "));
    for (const std::string& name : names) {
      const std::string who = name.substr(0, name.find('('));
      if (!PersonNamed(context_.case_id, who, context_.policy).ok()) return false;
    }
    if (dynamic_cast<v1::LinkParentCarer*>(&message_) != nullptr && names.size() == 1) {
      return PutField("personId", names.front()).ok();
    }
    if (MainPeople(type_).empty()) return false;
    absl::StrAppend(&people_, people_.empty() ? "" : ",", absl::StrJoin(names, ","));
    return true;
  }

  // "2 outcomes 2 provisions": pairs of a number and a list.
  bool Count(const std::string& phrase) {
    const auto words = SplitOutside(phrase, ' ');
    if (words.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < words.size(); i += 2) {
      const auto count = ParseNumber(words[i]);
      if (!count.has_value()) return false;
      const auto path = FindField(type_, words[i + 1]);
      if (!path.ok() || !SetCounted(message_, *path, absl::StrCat(*count), readers_)) return false;
      said_.insert(path->back()->name());
    }
    return !words.empty();
  }

  // New outcomes have numbers beyond those of the plan.
  static constexpr int kFirstNewOutcome = 10;

  const CommandLine& command_;
  const ContentContext& context_;
  Content& content_;
  Message& message_;
  const google::protobuf::Descriptor& type_;
  const Values values_;
  const ValueReaders readers_;
  std::set<std::string> said_;  // Names of fields that the script speaks of.
  std::string people_;          // Bare names, with commas.
  std::vector<std::string> part_by_;
  std::vector<std::string> left_out_;
  bool leaving_out_ = false;  // The last phrase left something out.
  bool only_ = false;         // Outcomes of which the script says nothing are not judged.
  std::map<const FieldDescriptor*, std::string> bare_;
  FieldPath list_;  // The list that the last field=value filled, and with what.
  std::string list_value_;
};

// The content with what is left unsaid as of `day`.
absl::StatusOr<Content> ContentOn(Date day, const CommandLine& command, const std::string& type,
                                  const ContentContext& context) {
  Content content;
  content.message = examples::Minimal(type, {.case_id = context.case_id,
                                             .occurred_on = day,
                                             .state = context.state,
                                             .policy = context.policy});
  if (content.message == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("Expected a command of SEN Support, but ",
                                                   command.name, " has no example content."));
  }
  APDR_RETURN_IF_ERROR(ContentBuilder(command, context, content).Build());
  return content;
}

}  // namespace

bool IsOfOtherCase(const CommandLine& command) {
  return std::ranges::any_of(command.arguments, [&](const Argument& argument) {
    const bool twin = argument.kind == Argument::Kind::kPhrase &&
                      Normalised(argument.value) == "sameupn" && command.name == "RegisterChild";
    return twin || (argument.kind == Argument::Kind::kField && Normalised(argument.key) == "case");
  });
}

absl::StatusOr<Content> BuildContent(const CommandLine& command, const std::string& type,
                                     const ContentContext& context) {
  APDR_ASSIGN_OR_RETURN(Content content, ContentOn(context.date, command, type, context));
  // What is entered late is filled in as of its own day.
  const Date day = content.occurred_on.value_or(context.date);
  return day < context.date ? ContentOn(day, command, type, context) : std::move(content);
}

}  // namespace apdr::scenario
