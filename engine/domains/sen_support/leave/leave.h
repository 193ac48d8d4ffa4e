#pragma once

#include <optional>

#include "apdr/sen/v1/leave.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// The end of SEN Support, and the look some time after it.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::EndSenSupport& command, const SenInput& input);

[[nodiscard]] Payloads Decide(const v1::ReviewExitMonitoring& command, const SenInput& input);

void Evolve(CaseState& record, const v1::SenSupportEnded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ExitMonitoringReviewed& event, Date occurred_on);

// R49, R50.
[[nodiscard]] std::optional<Breach> EndWithoutReview(const SenInput& input);
[[nodiscard]] std::optional<Breach> EndParentNotInformed(const SenInput& input);

}  // namespace apdr::sen
