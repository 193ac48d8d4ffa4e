#pragma once

#include <optional>
#include <string>

#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// Specialists from outside the setting: asked with the family's agreement, chased, and their advice
// recorded (6.58 to 6.62, 5.48).
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::RequestSpecialist& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordSpecialistAdvice& command, const SenInput& input);

void Evolve(CaseState& record, const v1::SpecialistRequested& event, Date occurred_on);
void Evolve(CaseState& record, const v1::SpecialistAdviceReceived& event, Date occurred_on);
void Evolve(CaseState& record, const v1::SpecialistRequestClosed& event, Date occurred_on);

// The request of this id that waits for advice; null: there is none.
[[nodiscard]] const state::v1::OpenRequest* FindOpenRequest(const CaseState& record,
                                                            const std::string& request_id);
// R47 for a request: whether the family's agreement is missing.
[[nodiscard]] std::optional<Breach> SpecialistNotAgreed(const SenInput& input);

}  // namespace apdr::sen
