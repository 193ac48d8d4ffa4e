#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::DraftPlan& command, const SenInput& input) {
  v1::PlanDrafted event;
  *event.mutable_plan() = command.plan();
  event.set_draft_number(input.record.current().drafts() + 1);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::PlanDrafted& event, Date occurred_on) {
  state::v1::CycleRecord& current = *record.mutable_current();
  current.set_draft_plan_id(event.plan().plan_id());
  current.set_drafts(event.draft_number());
  current.set_drafted_on(FormatDate(occurred_on));
  current.clear_draft_outcome_ids();
  for (const v1::Outcome& outcome : event.plan().outcomes()) {
    current.add_draft_outcome_ids(outcome.outcome_id());
  }
  current.clear_draft_provision_ids();
  for (const v1::PlannedProvision& provision : event.plan().provisions()) {
    current.add_draft_provision_ids(provision.provision_id());
  }
}

}  // namespace apdr::sen
