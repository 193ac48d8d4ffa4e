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

const v1::PlanContent& PlanOf(const SenInput& input) {
  const auto* agree = input.TryCommand<v1::AgreePlan>();
  return agree != nullptr ? agree->plan() : input.command<v1::IssuePlanWithoutAgreement>().plan();
}

Payloads Decide(const v1::IssuePlanWithoutAgreement& command, const SenInput& input) {
  v1::PlanIssuedWithoutAgreement event;
  event.set_cycle(input.record.cycle());
  *event.mutable_plan() = command.plan();
  if (event.plan().support_starts_on().empty()) {
    event.mutable_plan()->set_support_starts_on(input.on_text());
  }
  *event.mutable_disagreement() = command.disagreement();
  return Happened(std::move(event));
}

// A plan without the family's agreement is never an agreed one: that it was issued all the same is
// the departure, and the points of the disagreement are its reason.
std::optional<core::Departure> IssuedWithoutAgreement(const core::RuleInput& input) {
  const auto* issue = TryAs<v1::IssuePlanWithoutAgreement>(*input.command.payload);
  if (issue == nullptr) return std::nullopt;
  return core::Departure{.rule_code = "OUTCOMES_NOT_AGREED",
                         .reason = issue->disagreement().points(),
                         .decided_by = issue->disagreement().decided_by().person_id()};
}

namespace {

void PutInForce(CaseState& record, std::uint32_t cycle, const v1::PlanContent& content,
                Date occurred_on) {
  state::v1::PlanInForce& plan = *record.mutable_plan();
  plan.Clear();
  plan.set_plan_id(content.plan_id());
  plan.set_cycle(cycle);
  plan.set_agreed_on(FormatDate(occurred_on));
  plan.set_review_on(content.review_on());
  for (const v1::Outcome& outcome : content.outcomes()) plan.add_outcome_ids(outcome.outcome_id());
  for (const v1::PlannedProvision& provision : content.provisions()) {
    plan.add_provision_ids(provision.provision_id());
  }
  v1::PlanSummary& summary = *record.add_plans();
  summary.set_plan_id(content.plan_id());
  summary.set_cycle(cycle);
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

}  // namespace

void Evolve(CaseState& record, const v1::PlanAgreed& event, Date occurred_on) {
  PutInForce(record, event.cycle(), event.plan(), occurred_on);
}

void Evolve(CaseState& record, const v1::PlanIssuedWithoutAgreement& event, Date occurred_on) {
  PutInForce(record, event.cycle(), event.plan(), occurred_on);
}

}  // namespace apdr::sen
