#pragma once

#include <optional>

#include "apdr/sen/v1/escalate.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// Asking for an education, health and care needs assessment, and what the authority decides. The
// cycle goes on beside it.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::RecordEhcDecision& command, const SenInput& input);

void Evolve(CaseState& record, const v1::EhcAssessmentRequested& event, Date occurred_on);
void Evolve(CaseState& record, const v1::EhcDecisionRecorded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::EhcPlanIssued& event, Date occurred_on);

// R51.
[[nodiscard]] std::optional<Breach> LowEvidence(const SenInput& input);

}  // namespace apdr::sen
