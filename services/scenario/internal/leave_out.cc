#include "services/scenario/internal/leave_out.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace v1 = sen::v1;
using google::protobuf::Message;
using Said = std::set<std::string>;

// People by what they are to the child.
using IsWho = bool (*)(std::string_view role);

bool IsAssistant(std::string_view role) { return role == "teaching-assistant"; }
bool IsAnybody(std::string_view) { return true; }
bool IsSetting(std::string_view role) { return sen::IsTeaching(role) || sen::IsSenco(role); }
bool IsFamily(std::string_view role) { return sen::IsParent(role) || sen::IsChild(role); }

IsWho WhoIs(std::string_view plain) {
  static constexpr std::pair<std::string_view, IsWho> kWho[] = {{"", IsAnybody},
                                                                {"par", sen::IsParent},
                                                                {"parent", sen::IsParent},
                                                                {"parents", sen::IsParent},
                                                                {"parental", sen::IsParent},
                                                                {"carer", sen::IsParent},
                                                                {"mother", sen::IsParent},
                                                                {"father", sen::IsParent},
                                                                {"family", IsFamily},
                                                                {"chi", sen::IsChild},
                                                                {"child", sen::IsChild},
                                                                {"pupil", sen::IsChild},
                                                                {"yp", sen::IsChild},
                                                                {"youngperson", sen::IsChild},
                                                                {"student", sen::IsChild},
                                                                {"sen", sen::IsSenco},
                                                                {"senco", sen::IsSenco},
                                                                {"namedperson", sen::IsSenco},
                                                                {"tch", sen::IsTeaching},
                                                                {"teacher", sen::IsTeaching},
                                                                {"key", sen::IsTeaching},
                                                                {"keyworker", sen::IsTeaching},
                                                                {"tut", sen::IsTeaching},
                                                                {"tutor", sen::IsTeaching},
                                                                {"ta", IsAssistant},
                                                                {"teachingassistant", IsAssistant},
                                                                {"setting", IsSetting},
                                                                {"school", IsSetting}};
  const auto* found = std::ranges::find(kWho, plain, &std::pair<std::string_view, IsWho>::first);
  return found == std::end(kWho) ? nullptr : found->second;
}

// Words of everyday for fields.
std::string FieldOfWords(const std::string& plain) {
  static constexpr std::pair<std::string_view, std::string_view> kFields[] = {
      {"reviewdate", "review_on"},
      {"dateforreview", "review_on"},
      {"dateofreview", "review_on"},
      {"startdate", "support_starts_on"},
      {"writtentext", "written_plan"},
      {"document", "written_plan"},
      {"hash", "sha256"},
      {"whatisdifferent", "what_different"},
      {"fourthdecision", "support_decision"},
      {"evaluations", "outcome_evaluations"},
      {"teacher", "responsible_teacher"},
      {"code", "sen_type"},
      {"codes", "sen_type"},
      {"ranks", "rank"},
      {"narratives", "narrative"},
      {"baselines", "baseline"},
      {"targets", "target"},
      {"link", "outcome_ids"},
      {"links", "outcome_ids"},
      {"linktooutcomes", "outcome_ids"},
      {"linktooutcome", "outcome_ids"},
      {"provision", "provisions"},
      {"outcome", "outcomes"},
      {"tries", "attempts"},
      {"informingparent", "informed"},
      {"informingparents", "informed"}};
  const auto* found =
      std::ranges::find(kFields, plain, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kFields) ? plain : std::string(found->second);
}

// "the child's views": childviews.
std::string Plain(std::string_view words) {
  std::string plain = absl::StrReplaceAll(
      absl::StrCat(" ", std::string(words)),
      {{"\xE2\x80\x99", "'"}, {" the ", " "}, {" any ", " "}, {" a ", " "}, {" an ", " "}});
  plain = absl::StrReplaceAll(plain, {{"'s", ""}, {"s'", ""}, {"'", ""}});
  return Normalised(plain);
}

bool TakeEnding(std::string& plain, std::string_view ending) {
  if (!plain.ends_with(ending)) return false;
  plain.resize(plain.size() - ending.size());
  return true;
}

template <class List, class Is>
void Erase(List& list, Is is) {
  list.erase(std::remove_if(list.begin(), list.end(), is), list.end());
}

bool ClearNamed(Message& command, std::string_view name, Said& said) {
  const auto path = FindField(*command.GetDescriptor(), name);
  if (!path.ok()) return false;
  ClearField(command, *path);
  said.insert(path->back()->name());
  return true;
}

// "O3", "O3's status", "evaluation of O3".
bool Evaluation(const std::string& words, Message& command) {
  auto* hold = dynamic_cast<v1::HoldReview*>(&command);
  if (hold == nullptr) return false;
  auto& evaluations = *hold->mutable_review()->mutable_outcome_evaluations();
  for (const std::string& word : SplitOutside(words, ' ')) {
    const std::string id = word.substr(0, word.find('\''));
    const auto found = std::ranges::find(evaluations, id, &v1::OutcomeEvaluation::outcome_id);
    if (found == evaluations.end()) continue;
    evaluations.erase(found);
    return true;
  }
  return false;
}

// "child's views", of a review.
bool Views(std::string plain, Message& command, Said& said) {
  auto* hold = dynamic_cast<v1::HoldReview*>(&command);
  if (hold == nullptr || (!TakeEnding(plain, "views") && !TakeEnding(plain, "voice"))) return false;
  const IsWho who = WhoIs(plain);
  if (who == nullptr) return false;
  if (who("child")) hold->mutable_review()->clear_child_views(), said.insert("child_views");
  if (who("parent")) hold->mutable_review()->clear_parent_views(), said.insert("parent_views");
  return who("child") || who("parent");
}

bool IsCapacityOf(v1::AgreementCapacity capacity, IsWho who) {
  switch (capacity) {
    case v1::AGREEMENT_CAPACITY_PARENT:
      return who("parent");
    case v1::AGREEMENT_CAPACITY_SETTING:
      return who("senco");
    default:
      return who("young-person");
  }
}

// "agreement", "parent's agreement": to a plan, a new date, a professional.
bool Agreement(std::string plain, Message& command, Said& said) {
  if (!TakeEnding(plain, "agreement") && !TakeEnding(plain, "agreements") &&
      !TakeEnding(plain, "consent")) {
    return false;
  }
  const IsWho who = WhoIs(plain);
  if (who == nullptr) return false;
  if (auto* agree = dynamic_cast<v1::AgreePlan*>(&command)) {
    Erase(*agree->mutable_agreements(),
          [&](const v1::Agreement& agreement) { return IsCapacityOf(agreement.capacity(), who); });
    said.insert("agreements");
    return true;
  }
  if (auto* change = dynamic_cast<v1::ChangeReviewDate*>(&command)) {
    Erase(*change->mutable_agreed_by(),
          [&](const v1::PersonRef& person) { return who(person.role()); });
    said.insert("agreed_by");
    return true;
  }
  if (dynamic_cast<v1::RequestSpecialist*>(&command) != nullptr) {
    return ClearNamed(command, "agreement", said);
  }
  if (dynamic_cast<v1::TransferChild*>(&command) != nullptr ||
      dynamic_cast<v1::PlanTransition*>(&command) != nullptr) {
    return ClearNamed(command, "agreed_by", said);
  }
  return dynamic_cast<v1::RecordProfessionalInput*>(&command) != nullptr && who("parent") &&
         ClearNamed(command, "parent_agreed_on", said);
}

// The people at a review, with the views that they bring.
void LeaveReview(IsWho who, v1::Review& review, Said& said) {
  Erase(*review.mutable_participants(),
        [&](const v1::ReviewParticipant& participant) { return who(participant.person().role()); });
  said.insert("participants");
  if (who("parent") && !said.contains("parent_views")) review.clear_parent_views();
  if (who("child") && !said.contains("child_views")) review.clear_child_views();
}

// Whether a person, or whoever takes part, is one of those meant.
bool IsMeant(const Message& item, IsWho who) {
  if (const auto* participant = dynamic_cast<const v1::Participant*>(&item)) {
    return who(participant->person().role());
  }
  const auto* person = dynamic_cast<const v1::PersonRef*>(&item);
  return person != nullptr && who(person->role());
}

// "without parent", "without SENCO": somebody who else takes part, agrees, receives or is told.
bool Person(const std::string& plain, Message& command, Said& said) {
  const IsWho who = plain.empty() ? nullptr : WhoIs(plain);
  if (who == nullptr) return false;
  if (auto* hold = dynamic_cast<v1::HoldReview*>(&command)) {
    LeaveReview(who, *hold->mutable_review(), said);
    return true;
  }
  if (dynamic_cast<v1::AgreePlan*>(&command) != nullptr) {
    return plain != "teacher" && Agreement(plain + "agreement", command, said);
  }
  if (dynamic_cast<v1::RecordProfessionalInput*>(&command) != nullptr ||
      dynamic_cast<v1::RequestSpecialist*>(&command) != nullptr) {
    return Agreement(plain + "agreement", command, said);
  }
  const FieldPath path = MainPeople(*command.GetDescriptor());
  if (path.empty() || !path.back()->is_repeated()) return false;
  Message* outer = &command;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i]->is_repeated()) return false;
    outer = outer->GetReflection()->MutableMessage(outer, path[i]);
  }
  const auto& reflection = *outer->GetReflection();
  const int before = reflection.FieldSize(*outer, path.back());
  int kept = 0;
  for (int i = 0; i < before; ++i) {
    if (IsMeant(reflection.GetRepeatedMessage(*outer, path.back(), i), who)) continue;
    reflection.SwapElements(outer, path.back(), i, kept++);
  }
  for (int i = kept; i < before; ++i) reflection.RemoveLast(outer, path.back());
  said.insert(path.back()->name());
  return kept < before;
}

// What the case lacks, not the command: "StartSenSupport without adaptation, no departure".
bool IsOfTheCase(const std::string& plain, const Message& command) {
  if (plain == "departure" || plain == "departures") return true;
  static constexpr std::string_view kGathered[] = {
      "childviews",  "parentviews", "views",
      "evidence",    "progress",    "assessment",
      "information", "decision",    "furtherassessmentdecision"};
  if (dynamic_cast<const v1::CompleteAssessment*>(&command) != nullptr &&
      std::ranges::find(kGathered, plain) != std::end(kGathered)) {
    return true;
  }
  return plain == "adaptation" && dynamic_cast<const v1::StartSenSupport*>(&command) != nullptr;
}

bool Identifier(const std::string& plain, Message& command) {
  auto* registers = dynamic_cast<v1::RegisterChild*>(&command);
  const bool known = plain == "upn" || plain == "uln" || plain == "nhs" || plain == "formerupn";
  return registers != nullptr && known &&
         PutRegistrationFact(plain, "none", *registers->mutable_registration()).value_or(false);
}

bool LeaveOutOne(const std::string& words, Message& command, Said& said) {
  const std::string plain = Plain(words);
  if (plain.empty()) return false;
  return IsOfTheCase(plain, command) || Evaluation(words, command) || Identifier(plain, command) ||
         Views(plain, command, said) || Agreement(plain, command, said) ||
         Person(plain, command, said) ||
         ClearNamed(command, words.find('.') == std::string::npos ? FieldOfWords(plain) : words,
                    said);
}

// "parent's and child's views": each with the noun of the last.
std::vector<std::string> Parts(std::string_view words) {
  std::vector<std::string> parts;
  std::string rest = absl::StrReplaceAll(absl::string_view(words.data(), words.size()),
                                         {{" and ", ","}, {" or ", ","}, {" nor ", ","}});
  for (const absl::string_view part : absl::StrSplit(rest, ',')) {
    if (std::string trimmed = Trim(std::string(part)); !trimmed.empty()) {
      parts.push_back(std::move(trimmed));
    }
  }
  if (parts.empty()) return parts;
  const std::string noun = parts.back().substr(parts.back().rfind(' ') + 1);
  for (std::string& part : parts) {
    if (part.ends_with("'s")) absl::StrAppend(&part, " ", noun);
  }
  return parts;
}

}  // namespace

std::string_view WordsLeftOut(std::string_view phrase) {
  if (phrase == "only three decisions") return "fourth decision";
  for (const std::string_view before :
       {"without ", "no ", "all but ", "all except ", "everything but ", "everything except "}) {
    if (!phrase.starts_with(before)) continue;
    phrase.remove_prefix(before.size());
    for (const std::string_view after : {" recorded", " obtained", " given"}) {
      if (phrase.ends_with(after)) phrase.remove_suffix(after.size());
    }
    return phrase;
  }
  for (const std::string_view after :
       {" absent", " missing", " left out", " not given", " not informed", " not recorded",
        " not present", " not asked", " not agreed", " not evaluated"}) {
    if (phrase.ends_with(after)) return phrase.substr(0, phrase.size() - after.size());
  }
  return {};
}

bool LeaveOut(std::string_view words, Message& command, Said& said) {
  const std::vector<std::string> parts = Parts(words);
  return !parts.empty() && std::ranges::all_of(parts, [&](const std::string& part) {
    return LeaveOutOne(part, command, said);
  });
}

}  // namespace apdr::scenario
