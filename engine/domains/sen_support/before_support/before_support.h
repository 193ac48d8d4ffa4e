#pragma once

#include <optional>

#include "apdr/sen/v1/before_support.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// From the first concern to SEN Support. One file per command, with the events it records; the
// rules of all of them in before_support_rules.cc.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::RaiseConcern& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::AdaptTeaching& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::ReviewAdaptation& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordEarlyDiscussion& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::StartSenSupport& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::DeclineSenSupport& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::NotifyParent& command, const SenInput& input);

void Evolve(CaseState& record, const v1::ConcernRaised& event, Date occurred_on);
void Evolve(CaseState& record, const v1::TeachingAdapted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::AdaptationContinued& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ConcernsResolved& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ConcernsRemained& event, Date occurred_on);
void Evolve(CaseState& record, const v1::EarlyDiscussionHeld& event, Date occurred_on);
void Evolve(CaseState& record, const v1::SenSupportStarted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::SenSupportDeclined& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ParentFormallyNotified& event, Date occurred_on);

// R11, R12.
[[nodiscard]] std::optional<Breach> PreSupportMissing(const SenInput& input);
[[nodiscard]] std::optional<Breach> ParentNotNotified(const SenInput& input);

// Closes the story before support: nothing is being tried any more.
void CloseConcern(CaseState& record);

}  // namespace apdr::sen
