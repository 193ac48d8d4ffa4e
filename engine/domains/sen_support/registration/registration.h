#pragma once

#include <optional>

#include "apdr/sen/v1/registration.pb.h"
#include "engine/domains/sen_support/sen_input.h"

// Who the child is, where, and who is around them. One file per command, with the event it records;
// the rules of all of them in registration_rules.cc.
namespace apdr::sen {

[[nodiscard]] Payloads Decide(const v1::RegisterChild& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::LinkParentCarer& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::AssignResponsibleTeacher& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::RecordInvolvedProfessional& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::AssignIdentifier& command, const SenInput& input);

void Evolve(CaseState& record, const v1::ChildRegistered& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ParentCarerLinked& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ResponsibleTeacherAssigned& event, Date occurred_on);
void Evolve(CaseState& record, const v1::InvolvedProfessionalRecorded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::InvolvedProfessionalEnded& event, Date occurred_on);
void Evolve(CaseState& record, const v1::ParentCarerUnlinked& event, Date occurred_on);
void Evolve(CaseState& record, const v1::IdentifierAssigned& event, Date occurred_on);

// Takes over what a registration or a transfer says about places in units, and what it leaves open.
template <class Placement>
void SetPlaces(const Placement& placement, CaseState& record) {
  record.clear_sen_unit();
  record.clear_resourced_provision();
  if (placement.has_sen_unit()) record.set_sen_unit(placement.sen_unit());
  if (placement.has_resourced_provision()) {
    record.set_resourced_provision(placement.resourced_provision());
  }
}

// "upn:U801299922001" for each UPN that a command asks for: those it gives to the child, or, where
// it reopens the case, those that the child has.
[[nodiscard]] std::vector<std::string> UpnKeys(const CaseState& record,
                                               const core::Payload& command);

// Whether the case still has the UPN of this key, as a live or a former number. A closed or erased
// one has none (R04).
[[nodiscard]] bool HoldsUpnKey(const CaseState& record, std::string_view key);

// R01 to R07.
[[nodiscard]] std::optional<Breach> UpnFormat(const SenInput& input);
[[nodiscard]] std::optional<Breach> UpnCheckLetter(const SenInput& input);
[[nodiscard]] std::optional<Breach> UpnLaCode(const SenInput& input);
[[nodiscard]] std::optional<Breach> UpnDuplicate(const SenInput& input);
[[nodiscard]] std::optional<Breach> UlnInvalid(const SenInput& input);
[[nodiscard]] std::optional<Breach> AgeOutOfRange(const SenInput& input);
[[nodiscard]] std::optional<Breach> SettingIdInvalid(const SenInput& input);

}  // namespace apdr::sen
