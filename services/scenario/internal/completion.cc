#include "services/scenario/internal/completion.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/scenario/internal/registration_facts.h"

namespace apdr::scenario {
namespace {

namespace v1 = sen::v1;
using Said = std::set<std::string>;

constexpr int kNextLookDays = 28;

bool HasOutcome(const v1::PlanContent& plan, const std::string& id) {
  return std::ranges::any_of(
      plan.outcomes(), [&](const v1::Outcome& outcome) { return outcome.outcome_id() == id; });
}

bool ServesThePlan(const v1::PlannedProvision& provision, const v1::PlanContent& plan) {
  return !provision.outcome_ids().empty() &&
         std::ranges::all_of(provision.outcome_ids(),
                             [&](const std::string& id) { return HasOutcome(plan, id); });
}

bool IsTaken(const v1::PlanContent& plan, int before, const std::string& id) {
  for (int i = 0; i < before; ++i) {
    if (plan.provisions(i).provision_id() == id) return true;
  }
  return false;
}

// As many provisions as outcomes, if the script does not count them; each serves outcomes of the
// plan, if it does not say which.
void FollowOutcomes(v1::PlanContent& plan, const Said& said) {
  auto& provisions = *plan.mutable_provisions();
  if (plan.outcomes().empty() || provisions.empty()) return;
  if (said.contains("outcomes") && !said.contains("provisions")) {
    while (provisions.size() < plan.outcomes_size()) *provisions.Add() = provisions[0];
    while (provisions.size() > plan.outcomes_size()) provisions.RemoveLast();
  }
  for (int i = 0; i < provisions.size(); ++i) {
    if (!said.contains("provision_id") && IsTaken(plan, i, provisions[i].provision_id())) {
      provisions[i].set_provision_id(absl::StrCat("P", i + 1));
      if (!said.contains("outcome_ids")) provisions[i].clear_outcome_ids();
    }
    if (said.contains("outcome_ids") || ServesThePlan(provisions[i], plan)) continue;
    provisions[i].clear_outcome_ids();
    provisions[i].add_outcome_ids(plan.outcomes(i % plan.outcomes_size()).outcome_id());
  }
}

// What is different; and the parents' views, which nobody brings where the script names who takes
// part and no parent is among them.
void CompleteReview(v1::Review& review, const Said& said) {
  const bool different = review.support_decision().choice() == v1::SUPPORT_CHOICE_DIFFERENT;
  if (different && !said.contains("what_different")) {
    review.mutable_support_decision()->set_what_different("a smaller group, three times a week");
  }
  const bool family = std::ranges::any_of(review.participants(), [](const auto& participant) {
    return sen::IsParentOrYoungPerson(participant.person().role());
  });
  if (said.contains("participants") && !family && !said.contains("parent_views")) {
    review.clear_parent_views();
  }
}

void CompleteAdaptation(v1::ReviewAdaptation& review, Date date, const Said& said) {
  if (said.contains("new_review_on")) return;
  if (review.result() == v1::ADAPTATION_RESULT_CONTINUE_ADAPTING) {
    review.set_new_review_on(FormatDate(date + kNextLookDays));
  } else {
    review.clear_new_review_on();
  }
}

void CompleteContribution(v1::Contribution& contribution, Date date, const Said& said) {
  const bool silent = contribution.stance() == v1::CONTRIBUTION_STANCE_NO_RESPONSE;
  for (int i = 0; silent && !said.contains("attempts") && i < 2; ++i) {
    *contribution.add_attempts() = sen::examples::AttemptOn(date);
  }
}

}  // namespace

void Complete(const ContentContext& context, const Said& said, google::protobuf::Message& command) {
  if (auto* agree = dynamic_cast<v1::AgreePlan*>(&command)) {
    FollowOutcomes(*agree->mutable_plan(), said);
  } else if (auto* issue = dynamic_cast<v1::IssuePlanWithoutAgreement*>(&command)) {
    FollowOutcomes(*issue->mutable_plan(), said);
  } else if (auto* draft = dynamic_cast<v1::DraftPlan*>(&command)) {
    FollowOutcomes(*draft->mutable_plan(), said);
  } else if (auto* hold = dynamic_cast<v1::HoldReview*>(&command)) {
    CompleteReview(*hold->mutable_review(), said);
  } else if (auto* review = dynamic_cast<v1::ReviewAdaptation*>(&command)) {
    CompleteAdaptation(*review, context.date, said);
  } else if (auto* record = dynamic_cast<v1::RecordContribution*>(&command)) {
    CompleteContribution(*record->mutable_contribution(), context.date, said);
  } else if (auto* registers = dynamic_cast<v1::RegisterChild*>(&command)) {
    if (!said.contains("type")) PutUsualSettingType(*registers->mutable_registration());
  }
}

}  // namespace apdr::scenario
