#pragma once

#include <optional>
#include <string>

#include "apdr/sen/v1/governance.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// Disagreement, correction, holds, disclosure and retention.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::CorrectRecord& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::EraseRecord& command, const SenInput& input);

void Evolve(CaseState& record, const v1::DisagreementRaised& event, Date occurred_on);
void Evolve(CaseState& record, const v1::DisagreementResolved& event, Date occurred_on);
void Evolve(CaseState& record, const v1::RecordCorrected& event, Date occurred_on);
void Evolve(CaseState& record, const v1::HoldPlaced& event, Date occurred_on);
void Evolve(CaseState& record, const v1::HoldLifted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::RecordErased& event, Date occurred_on);

// R58, R59.
[[nodiscard]] std::optional<Breach> HoldInForce(const SenInput& input);
[[nodiscard]] std::optional<Breach> RetentionNotReached(const SenInput& input);

[[nodiscard]] bool HoldsStand(const CaseState& record, v1::HoldKind kind);

// R35 for a correction: whether its target only changes by being recorded anew.
[[nodiscard]] std::optional<Breach> RecordLocked(const SenInput& input);

// What is wrong with a correction: no such field, or a value that does not fit. Empty: nothing.
[[nodiscard]] std::string WrongWithCorrection(const SenInput& input);

}  // namespace apdr::sen
