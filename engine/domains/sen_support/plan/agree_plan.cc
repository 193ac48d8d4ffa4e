#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::AgreePlan& command, const SenInput& input) {
  v1::PlanAgreed event;
  event.set_cycle(input.record.cycle());
  *event.mutable_plan() = command.plan();
  if (event.plan().support_starts_on().empty()) {
    event.mutable_plan()->set_support_starts_on(input.on_text());
  }
  *event.mutable_agreements() = command.agreements();
  for (v1::Agreement& agreement : *event.mutable_agreements()) {
    if (agreement.on().empty()) agreement.set_on(input.on_text());
  }
  return Happened(std::move(event));
}

v1::PlanSummary* LatestPlan(CaseState& record) {
  return record.plans().empty() ? nullptr : record.mutable_plans(record.plans_size() - 1);
}

void Evolve(CaseState& record, const v1::PlanAgreed& event, Date occurred_on) {
  const v1::PlanContent& content = event.plan();
  state::v1::PlanInForce& plan = *record.mutable_plan();
  plan.Clear();
  plan.set_plan_id(content.plan_id());
  plan.set_cycle(event.cycle());
  plan.set_agreed_on(FormatDate(occurred_on));
  plan.set_review_on(content.review_on());
  for (const v1::Outcome& outcome : content.outcomes()) plan.add_outcome_ids(outcome.outcome_id());
  for (const v1::PlannedProvision& provision : content.provisions()) {
    plan.add_provision_ids(provision.provision_id());
  }
  v1::PlanSummary& summary = *record.add_plans();
  summary.set_plan_id(content.plan_id());
  summary.set_cycle(event.cycle());
  summary.set_agreed_on(FormatDate(occurred_on));
  summary.set_review_on(content.review_on());
  summary.set_outcomes(static_cast<std::uint32_t>(content.outcomes_size()));
  summary.set_provisions(static_cast<std::uint32_t>(content.provisions_size()));
  *record.mutable_responsible_teacher() = content.responsible_teacher();
  record.mutable_current()->clear_draft_plan_id();
  record.mutable_current()->clear_drafted_on();
  record.mutable_current()->clear_draft_outcome_ids();
  record.mutable_current()->clear_draft_provision_ids();
  record.set_stage_since(FormatDate(occurred_on));
}

}  // namespace apdr::sen
