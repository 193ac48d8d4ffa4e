#pragma once

#include <optional>

#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// The Review stage: four decisions, and the cycle begins again. One file per command with its
// events; the rules in review_rules.cc.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::HoldReview& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::ShareReviewRecord& command, const SenInput& input);

void Evolve(CaseState& record, const v1::ReviewHeld& event, Date occurred_on);
void Evolve(CaseState& record, const v1::CycleCompleted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ReviewRecordShared& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ParentMeetingHeld& event, Date occurred_on);

// R38 to R45, R48.
[[nodiscard]] std::optional<Breach> SupportNotStarted(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewDecisionsIncomplete(const SenInput& input);
[[nodiscard]] std::optional<Breach> OutcomeNotEvaluated(const SenInput& input);
[[nodiscard]] std::optional<Breach> NewOutcomesInconsistent(const SenInput& input);
[[nodiscard]] std::optional<Breach> SupportDecisionInconsistent(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewWithoutParent(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewWithoutChildVoice(const SenInput& input);
[[nodiscard]] std::optional<Breach> ReviewLate(const SenInput& input);
[[nodiscard]] std::optional<Breach> SpecialistExpected(const SenInput& input);

// Ending while an outcome is still being achieved can be explained; a "different" that does not say
// what cannot.
[[nodiscard]] core::Strength SupportDecisionStrength(const SenInput& input);

// Days after the agreed date; 0 or less: on time.
[[nodiscard]] int DaysLate(const SenInput& input);
[[nodiscard]] std::vector<v1::PersonRef> PeopleAt(const v1::Review& review);

}  // namespace apdr::sen
