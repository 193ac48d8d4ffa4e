#pragma once

#include <optional>

#include "apdr/sen/v1/move.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// Between phases and settings, and the closing of a case: the record follows the child.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::TransferChild& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::AcceptTransfer& command, const SenInput& input);

void Evolve(CaseState& record, const v1::TransitionPlanned& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ChildTransferredOut& event, Date occurred_on);
void Evolve(CaseState& record, const v1::TransferPackageSent& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ChildTransferredIn& event, Date occurred_on);
void Evolve(CaseState& record, const v1::CaseClosed& event, Date occurred_on);
void Evolve(CaseState& record, const v1::CaseReopened& event, Date occurred_on);

// R52, R54, R66.
[[nodiscard]] std::optional<Breach> SharingNotAgreed(const SenInput& input);
[[nodiscard]] std::optional<Breach> CaseIsClosed(const SenInput& input);
[[nodiscard]] std::optional<Breach> TransferHashMismatch(const SenInput& input);

}  // namespace apdr::sen
