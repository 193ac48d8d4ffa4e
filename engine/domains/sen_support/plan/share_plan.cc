#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

const std::string& ShareablePlanId(const CaseState& record) {
  const std::string& draft = record.current().draft_plan_id();
  return draft.empty() ? record.plan().plan_id() : draft;
}

Payloads Decide(const v1::SharePlan& command, const SenInput& input) {
  v1::PlanShared event;
  *event.mutable_sharing() = command.sharing();
  event.set_plan_id(ShareablePlanId(input.record));
  return Happened(std::move(event));
}

}  // namespace apdr::sen
