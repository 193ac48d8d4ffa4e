#include "apdr/sen/v1/before_support.pb.h"
#include "engine/domains/sen_support/leave/leave.h"

namespace apdr::sen {

std::optional<Breach> EndWithoutReview(const SenInput& input) {
  if (input.command<v1::EndSenSupport>().end().reason() != v1::END_REASON_NEEDS_MET) {
    return std::nullopt;
  }
  if (input.record.last_review().choice() == v1::SUPPORT_CHOICE_END) return std::nullopt;
  return Broken("the last review did not decide that support ends because needs are met");
}

// There is nobody to tell after a death, or of a registration that should never have been.
std::optional<Breach> EndParentNotInformed(const SenInput& input) {
  const v1::SenSupportEnd& end = input.command<v1::EndSenSupport>().end();
  if (end.reason() == v1::END_REASON_DECEASED ||
      end.reason() == v1::END_REASON_REGISTERED_IN_ERROR) {
    return std::nullopt;
  }
  if (Includes(end.informed(), IsParentOrYoungPerson)) return std::nullopt;
  return Broken("neither a parent nor the young person has been told that support ends");
}

Payloads Decide(const v1::EndSenSupport& command, const SenInput& input) {
  v1::SenSupportEnded event;
  *event.mutable_end() = command.end();
  if (command.end().reason() == v1::END_REASON_NEEDS_MET) {
    event.set_review_cycle(input.record.last_review().cycle());
  }
  event.set_provision(command.end().reason() == v1::END_REASON_EHC_PLAN_ISSUED
                          ? v1::PROVISION_EHC_PLAN
                          : v1::PROVISION_NONE);
  return Happened(std::move(event));
}

// Needs go on only under an education, health and care plan: the census takes none with N.
void Evolve(CaseState& record, const v1::SenSupportEnded& event, Date occurred_on) {
  record.set_provision(event.provision());
  if (event.provision() == v1::PROVISION_NONE) record.clear_needs();
  record.clear_plan();
  record.clear_current();
  record.clear_last_review();
  record.clear_sen_support_started_on();
  record.set_parent_notified(false);
  record.clear_parent_notified_on();
  record.set_last_closed_cycle(record.cycle());
  record.set_exit_monitored(event.end().reason() == v1::END_REASON_NEEDS_MET &&
                            !event.end().exit_monitoring_until().empty());
  record.set_stage_since(FormatDate(occurred_on));
}

// A concern that came back is raised with the same words.
Payloads Decide(const v1::ReviewExitMonitoring& command, const SenInput& input) {
  v1::ExitMonitoringReviewed reviewed;
  reviewed.set_result(command.result());
  reviewed.set_evidence(command.evidence());
  if (command.result() != v1::EXIT_RESULT_CONCERN_RETURNED) return Happened(std::move(reviewed));
  v1::ConcernRaised raised;
  v1::Concern& concern = *raised.mutable_concern();
  concern.mutable_raised_by()->set_person_id(input.engine.context.actor.id);
  concern.mutable_raised_by()->set_role(input.engine.context.actor.role);
  concern.set_description(command.evidence());
  return Happened(std::move(reviewed), std::move(raised));
}

void Evolve(CaseState& record, const v1::ExitMonitoringReviewed&, Date) {
  record.set_exit_monitored(false);
}

}  // namespace apdr::sen
