#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::DraftPlan& command, const SenInput& input) {
  v1::PlanDrafted event;
  *event.mutable_plan() = command.plan();
  event.set_draft_number(input.record.current().drafts() + 1);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::PlanDrafted& event, Date) {
  record.mutable_current()->set_draft_plan_id(event.plan().plan_id());
  record.mutable_current()->set_drafts(event.draft_number());
}

}  // namespace apdr::sen
