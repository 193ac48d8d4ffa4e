#include "engine/domains/sen_support/escalate/escalate.h"

#include "absl/strings/str_cat.h"

namespace apdr::sen {
namespace {

constexpr std::uint32_t kCyclesUsual = 2;

void AddNeed(CaseState& record, const std::string& code, Date on) {
  if (code.empty()) return;
  v1::Need& need = *record.add_needs();
  need.set_sen_type(code);
  need.set_rank(static_cast<std::uint32_t>(record.needs_size()));
  need.set_start_on(FormatDate(on));
}

}  // namespace

void Evolve(CaseState& record, const v1::EhcAssessmentRequested&, Date occurred_on) {
  if (!record.ehc_requested_on().empty()) return;  // One is being decided already.
  record.set_ehc_requested_on(FormatDate(occurred_on));
}

Payloads Decide(const v1::RecordEhcDecision& command, const SenInput& input) {
  v1::EhcDecisionRecorded event;
  *event.mutable_ehc_decision() = command.ehc_decision();
  if (event.ehc_decision().notified_on().empty()) {
    event.mutable_ehc_decision()->set_notified_on(input.on_text());
  }
  return Happened(std::move(event));
}

// A "no" closes the request; a "yes" waits for what comes next.
void Evolve(CaseState& record, const v1::EhcDecisionRecorded& event, Date) {
  const v1::EhcDecision decision = event.ehc_decision().decision();
  if (decision == v1::EHC_DECISION_NOT_ASSESS || decision == v1::EHC_DECISION_NOT_ISSUE) {
    record.clear_ehc_requested_on();
  }
}

// The plan's needs are the child's needs. On SEN Support the provision stays K until that is ended.
void Evolve(CaseState& record, const v1::EhcPlanIssued& event, Date occurred_on) {
  record.clear_ehc_requested_on();
  record.clear_needs();
  AddNeed(record, event.plan().primary_need(), occurred_on);
  AddNeed(record, event.plan().secondary_need(), occurred_on);
  if (record.provision() != v1::PROVISION_SEN_SUPPORT) {
    record.set_provision(v1::PROVISION_EHC_PLAN);
  }
}

std::optional<Breach> LowEvidence(const SenInput& input) {
  const std::uint32_t cycles = input.record.cycles_completed();
  if (cycles >= kCyclesUsual) return std::nullopt;
  return Broken(absl::StrCat("the request rests on ", cycles, " completed cycles where ",
                             kCyclesUsual, " are usual; it stands all the same"),
                {{"cycles", absl::StrCat(cycles)}});
}

}  // namespace apdr::sen
