#pragma once

#include <optional>
#include <string_view>

#include "apdr/sen/v1/assess.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// The Assess stage: what is known, what the child and the parents say, what is measured, and what
// it means. One file per stage command; the commands that only add to the record (views,
// assessments, progress, advice) are small and stand together in gather_evidence.cc. Rules in
// assess_rules.cc and needs.cc.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::StartAssessment& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::ReviewExistingInformation& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::DecideFurtherAssessment& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordChildViews& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordParentViews& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordViewsNotObtained& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordAssessment& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordProgress& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordProfessionalInput& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::CompleteAssessment& command, const SenInput& input);

void Evolve(CaseState& record, const v1::AssessmentStarted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ExistingInformationReviewed& event, Date occurred_on);
void Evolve(CaseState& record, const v1::FurtherAssessmentDecided& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ChildViewsRecorded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ParentViewsRecorded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ViewsNotObtained& event, Date occurred_on);
void Evolve(CaseState& record, const v1::AssessmentUndertaken& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ProgressRecorded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ProfessionalConsulted& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ChildAssessed& event, Date occurred_on);

// R13 to R18, R47.
[[nodiscard]] std::optional<Breach> ParentViewsMissing(const SenInput& input);
[[nodiscard]] std::optional<Breach> ChildViewsMissing(const SenInput& input);
[[nodiscard]] std::optional<Breach> NoEvidence(const SenInput& input);
[[nodiscard]] std::optional<Breach> ProfessionalNotConsulted(const SenInput& input);
[[nodiscard]] std::optional<Breach> InformationNotReviewed(const SenInput& input);
[[nodiscard]] std::optional<Breach> FurtherAssessmentUndecided(const SenInput& input);
[[nodiscard]] std::optional<Breach> NoParentalAgreement(const SenInput& input);

// Whether what the child said is kept from readers of this role. Who speaks for a family reads what
// all of it may read.
[[nodiscard]] bool IsWithheldFrom(std::string_view role, v1::Confidentiality confidentiality);

// The cycle that the next assessment opens, or the one that is open.
[[nodiscard]] std::uint32_t NextCycle(const CaseState& record);

}  // namespace apdr::sen
