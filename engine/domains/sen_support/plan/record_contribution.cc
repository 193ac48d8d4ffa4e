#include <algorithm>

#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::RecordContribution& command, const SenInput&) {
  v1::ContributionRecorded event;
  *event.mutable_contribution() = command.contribution();
  return Happened(std::move(event));
}

bool HasNoSay(const CaseState& record, const v1::PersonRef& participant) {
  const auto& contributors = record.current().contributors();
  return std::ranges::find(contributors, participant.person_id()) == contributors.end();
}

namespace {

// Silence is a family that was tried in vain, and no voice of the child.
void HearForReview(CaseState& record, const v1::Contribution& contribution) {
  const std::string& role = contribution.participant().role();
  if (IsParentOrYoungPerson(role)) record.mutable_current()->set_family_heard_for_review(true);
  if (IsChild(role) && contribution.stance() != v1::CONTRIBUTION_STANCE_NO_RESPONSE) {
    record.mutable_current()->set_child_heard_for_review(true);
  }
}

}  // namespace

// What is said towards a review is no say in the plan.
void Evolve(CaseState& record, const v1::ContributionRecorded& event, Date) {
  const v1::Contribution& contribution = event.contribution();
  if (contribution.stage() == v1::CONTRIBUTION_STAGE_REVIEW) HearForReview(record, contribution);
  if (contribution.stage() != v1::CONTRIBUTION_STAGE_PLAN) return;
  if (!HasNoSay(record, contribution.participant())) return;
  record.mutable_current()->add_contributors(contribution.participant().person_id());
}

}  // namespace apdr::sen
