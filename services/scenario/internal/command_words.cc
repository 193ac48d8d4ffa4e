#include "services/scenario/internal/command_words.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/examples.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/people.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace examples = sen::examples;
namespace v1 = sen::v1;
using google::protobuf::Message;

// The person in the command that the actor is; null: any.
v1::PersonRef* SpeaksForThemselves(const std::string& actor, Message& command) {
  const std::string base = actor.substr(0, actor.find_first_of("0123456789"));
  const auto is = [&](std::initializer_list<std::string_view> actors) {
    return std::ranges::find(actors, base) != actors.end();
  };
  if (auto* concern = dynamic_cast<v1::RaiseConcern*>(&command)) {
    return concern->mutable_concern()->mutable_raised_by();
  }
  if (auto* views = dynamic_cast<v1::RecordChildViews*>(&command)) {
    return views->mutable_views()->mutable_recorded_by();
  }
  auto* adapt = dynamic_cast<v1::AdaptTeaching*>(&command);
  if (adapt != nullptr && is({"TCH", "KEY", "TUT", "TA"})) {
    return adapt->mutable_teaching()->mutable_by();
  }
  auto* parent = dynamic_cast<v1::RecordParentViews*>(&command);
  if (parent != nullptr && is({"PAR"})) return parent->mutable_views()->mutable_parent();
  auto* assess = dynamic_cast<v1::RecordAssessment*>(&command);
  if (assess != nullptr && is({"EXT"})) {
    return assess->mutable_assessment()->mutable_assessed_by();
  }
  auto* record = dynamic_cast<v1::RecordContribution*>(&command);
  if (record != nullptr && is({"PAR", "CHI", "YP", "EXT"})) {
    return record->mutable_contribution()->mutable_participant();
  }
  return nullptr;
}

absl::StatusOr<v1::OutcomeStatus> StatusOf(const std::string& words) {
  APDR_ASSIGN_OR_RETURN(const int status, EnumNumber(*v1::OutcomeStatus_descriptor(), words));
  return static_cast<v1::OutcomeStatus>(status);
}

bool MeansAllOutcomes(const std::string& key) {
  const std::string plain = Normalised(key);
  return plain == "all" || plain == "outcomes" || plain == "alloutcomes" ||
         plain == "evaluations" || plain == "outcomeevaluations" || plain == "status";
}

// One status for all, or one for each in order.
absl::Status PutStatuses(const std::vector<std::string>& words, v1::Review& review) {
  auto& evaluations = *review.mutable_outcome_evaluations();
  const bool each = words.size() == static_cast<std::size_t>(evaluations.size());
  if (!evaluations.empty() && words.size() != 1 && !each) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected one status, or one for each of the ", evaluations.size(),
                     " outcomes of the plan, but found ", words.size(), "."));
  }
  for (int i = 0; i < evaluations.size(); ++i) {
    const std::size_t at = words.size() == 1 ? 0 : static_cast<std::size_t>(i);
    APDR_ASSIGN_OR_RETURN(const v1::OutcomeStatus status, StatusOf(words[at]));
    evaluations[i].set_status(status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutActor(const CommandLine& line, const ContentContext& context, Message& command) {
  v1::PersonRef* person = SpeaksForThemselves(line.actor, command);
  if (person == nullptr || line.actor_open || line.actor == "SYS") return absl::OkStatus();
  APDR_ASSIGN_OR_RETURN(*person, PersonNamed(context.case_id, line.actor, context.policy));
  return absl::OkStatus();
}

absl::StatusOr<bool> PutEvaluation(const std::string& key, const std::string& value,
                                   v1::Review& review) {
  const bool one = key.size() > 1 && key[0] == 'O' && ParseCount(key.substr(1)).has_value();
  if (!one && !MeansAllOutcomes(key)) return false;
  auto& evaluations = *review.mutable_outcome_evaluations();
  const std::string plain = Normalised(value);
  const auto found = std::ranges::find(evaluations, key, &v1::OutcomeEvaluation::outcome_id);
  if (value == "[]" || plain == "none" || plain == "absent" || plain == "missing") {
    if (!one) evaluations.Clear();
    if (found != evaluations.end()) evaluations.erase(found);
    return true;
  }
  if (!one) {
    APDR_RETURN_IF_ERROR(PutStatuses(SplitOutside(value, ','), review));
    return true;
  }
  APDR_ASSIGN_OR_RETURN(const v1::OutcomeStatus status, StatusOf(value));
  v1::OutcomeEvaluation& evaluation = found == evaluations.end() ? *evaluations.Add() : *found;
  evaluation.set_outcome_id(key);
  evaluation.set_status(status);
  if (evaluation.evidence().empty()) {
    evaluation.set_evidence("seen in class and in the work of the term");
  }
  return true;
}

void KeepEvaluationsOf(const std::set<std::string>& said, Message& command) {
  auto* hold = dynamic_cast<v1::HoldReview*>(&command);
  if (hold == nullptr) return;
  auto& evaluations = *hold->mutable_review()->mutable_outcome_evaluations();
  evaluations.erase(std::remove_if(evaluations.begin(), evaluations.end(),
                                   [&](const v1::OutcomeEvaluation& evaluation) {
                                     return !said.contains(evaluation.outcome_id());
                                   }),
                    evaluations.end());
}

bool PutNeverDelivered(std::string_view words, Message& command) {
  auto* hold = dynamic_cast<v1::HoldReview*>(&command);
  if (hold == nullptr || Normalised(words) != "neverdelivered") return false;
  hold->mutable_review()->set_never_delivered_reason("nobody was there to give the support");
  return true;
}

bool PutViewsOf(std::string_view words, Message& command) {
  auto* missing = dynamic_cast<v1::RecordViewsNotObtained*>(&command);
  if (missing == nullptr) return false;
  const std::string plain = Normalised(words);
  if (plain == "chi" || plain == "yp") {
    missing->mutable_missing()->set_of(v1::VIEWS_OF_CHILD);
  } else if (plain == "par" || plain == "parents") {
    missing->mutable_missing()->set_of(v1::VIEWS_OF_PARENT);
  } else {
    return false;
  }
  return true;
}

bool PutMeasure(const std::string& key, const std::string& value, Message& command) {
  v1::Measure* measure = nullptr;
  if (auto* progress = dynamic_cast<v1::RecordProgress*>(&command)) {
    measure = progress->mutable_progress()->mutable_result();
  } else if (auto* assessment = dynamic_cast<v1::RecordAssessment*>(&command)) {
    measure = assessment->mutable_assessment()->mutable_result();
  }
  const bool measured = !value.empty() && value.find_first_of("0123456789") == 0;
  if (measure == nullptr || !measured) return false;
  measure->set_measure(key);
  measure->set_value(value);
  return true;
}

bool PutPartBy(const std::string& phrase, const ContentContext& context, Message& command) {
  auto* hold = dynamic_cast<v1::HoldReview*>(&command);
  const std::size_t by = phrase.find(" by ");
  if (hold == nullptr || by == std::string::npos) return false;
  const auto person = PersonNamed(context.case_id, phrase.substr(0, by), context.policy);
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

bool PutProfessional(const std::string& phrase, const ContentContext& context, Message& command) {
  const auto& known = context.policy.disciplines;
  const auto found = std::ranges::find_if(
      known, [&](const std::string& code) { return Normalised(code) == Normalised(phrase); });
  if (found == known.end()) return false;
  if (auto* involved = dynamic_cast<v1::RecordInvolvedProfessional*>(&command)) {
    involved->mutable_professional()->set_discipline(*found);
    involved->mutable_professional()->set_person_id(examples::PersonId(context.case_id, *found));
    return true;
  }
  if (auto* request = dynamic_cast<v1::RequestSpecialist*>(&command)) {
    request->mutable_request()->set_discipline(*found);
    return true;
  }
  auto* input = dynamic_cast<v1::RecordProfessionalInput*>(&command);
  if (input == nullptr) return false;
  input->mutable_input()->set_discipline(*found);
  input->mutable_input()->mutable_professional()->set_person_id(
      examples::PersonId(context.case_id, *found));
  return true;
}

}  // namespace apdr::scenario
