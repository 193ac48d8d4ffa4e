#pragma once

#include <optional>

#include "apdr/sen/v1/do.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// The Do stage: the planned support happens, and somebody is responsible for it every day. One file
// per command that moves something; BriefStaff and RecordTeamNote only add to the record and stand
// together in work_together.cc.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::StartSupport& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::BriefStaff& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordTeamNote& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::TransferResponsibility& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordDelivery& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordNonDelivery& command, const SenInput& input);

void Evolve(CaseState& record, const v1::SupportStarted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ResponsibilityTransferred& event, Date occurred_on);

// R36, R37.
[[nodiscard]] std::optional<Breach> NoPlanInForce(const SenInput& input);
[[nodiscard]] std::optional<Breach> NoResponsibleTeacher(const SenInput& input);

}  // namespace apdr::sen
