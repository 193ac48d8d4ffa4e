#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::ChangeReviewDate& command, const SenInput& input) {
  if (command.to() == input.record.plan().review_on()) return {};
  v1::ReviewDateChanged event;
  event.set_from(input.record.plan().review_on());
  event.set_to(command.to());
  event.set_reason(command.reason());
  *event.mutable_agreed_by() = command.agreed_by();
  event.set_capacity_ground(command.capacity_ground());
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ReviewDateChanged& event, Date) {
  record.mutable_plan()->set_review_on(event.to());
  if (v1::PlanSummary* plan = LatestPlan(record)) plan->set_review_on(event.to());
}

}  // namespace apdr::sen
