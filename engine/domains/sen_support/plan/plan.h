#pragma once

#include <optional>

#include "apdr/sen/v1/plan.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// The Plan stage: who has a say, what is to be achieved, what is done for it, when it is looked at.
// One file per command with its event; the rules in plan_rules.cc (agreement, people, dates) and
// plan_content_rules.cc (outcomes and provision).
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::ConfirmParticipants& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordContribution& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::DraftPlan& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::AgreePlan& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::IssuePlanWithoutAgreement& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::SharePlan& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::ChangeReviewDate& command, const SenInput& input);

void Evolve(CaseState& record, const v1::ParticipantsConfirmed& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ContributionRecorded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::PlanDrafted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::PlanAgreed& event, Date occurred_on);
void Evolve(CaseState& record, const v1::PlanIssuedWithoutAgreement& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ReviewDateChanged& event, Date occurred_on);

// R24 to R35 and R46, of a plan that is agreed or issued without agreement. ManyOutcomes is R24's
// warning.
[[nodiscard]] std::optional<Breach> NoOutcomes(const SenInput& input);
[[nodiscard]] std::optional<Breach> ManyOutcomes(const SenInput& input);
[[nodiscard]] std::optional<Breach> OutcomeNotSmart(const SenInput& input);
[[nodiscard]] std::optional<Breach> OutcomesNotAgreed(const SenInput& input);
[[nodiscard]] std::optional<Breach> ParticipantNoSay(const SenInput& input);
[[nodiscard]] std::optional<Breach> ParticipantsIncomplete(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewDateMissing(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewDateRange(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewIntervalLong(const SenInput& input);
[[nodiscard]] std::optional<Breach> NoProvision(const SenInput& input);
[[nodiscard]] std::optional<Breach> ProvisionNotAdditional(const SenInput& input);
[[nodiscard]] std::optional<Breach> PlanNotWritten(const SenInput& input);
[[nodiscard]] std::optional<Breach> PlanLocked(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewDateChangeRefused(const SenInput& input);

// What OUTCOMES_NOT_AGREED is departed from by issuing a plan without agreement.
[[nodiscard]] std::optional<core::Departure> IssuedWithoutAgreement(const core::RuleInput& input);
// The plan that a command puts in force. REQUIRES: AgreePlan or IssuePlanWithoutAgreement.
[[nodiscard]] const v1::PlanContent& PlanOf(const SenInput& input);

// The summary of the plan in force, to be brought up to date. Null before the first plan.
[[nodiscard]] v1::PlanSummary* LatestPlan(CaseState& record);
// The id of what can be shared: the draft at hand, else the plan last agreed; empty: nothing.
[[nodiscard]] const std::string& ShareablePlanId(const CaseState& record);
// Whether a participant of this cycle has neither contributed nor a recorded silence.
[[nodiscard]] bool HasNoSay(const CaseState& record, const v1::PersonRef& participant);

}  // namespace apdr::sen
