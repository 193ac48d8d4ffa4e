#include "engine/domains/sen_support/do/do.h"
#include "engine/domains/sen_support/plan/plan.h"

namespace apdr::sen {

Payloads Decide(const v1::StartSupport& command, const SenInput& input) {
  v1::SupportStarted event;
  event.set_cycle(input.record.cycle());
  event.set_plan_id(command.plan_id());
  *event.mutable_provision_ids() = command.provision_ids().empty()
                                       ? input.record.plan().provision_ids()
                                       : command.provision_ids();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SupportStarted&, Date occurred_on) {
  record.mutable_current()->set_support_started_on(FormatDate(occurred_on));
  record.set_stage_since(FormatDate(occurred_on));
  if (v1::PlanSummary* plan = LatestPlan(record)) {
    plan->set_support_started_on(FormatDate(occurred_on));
  }
}

}  // namespace apdr::sen
