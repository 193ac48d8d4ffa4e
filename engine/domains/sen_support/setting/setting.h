#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apdr/sen/v1/setting.pb.h"
#include "engine/base/vocabulary.h"
#include "engine/domains/sen_support/sen_input.h"

// The record of a place of learning: its SENCO and its SEN information report. It stands beside the
// cases; a case looks into it where a rule asks for it.
namespace apdr::sen {

// The id of a setting's own record; `setting_id` is as SettingId writes it ("URN:199001").
[[nodiscard]] CaseId SettingCaseId(const std::string& setting_id);

// The records that a decision about the command looks at.
[[nodiscard]] std::vector<CaseId> SettingsRead(const CaseState& record,
                                               const core::Payload& command);

[[nodiscard]] Payloads Decide(const v1::AssignSenco& command, const SenInput& input);
[[nodiscard]] Payloads Decide(const v1::PublishSenInformationReport& command,
                              const SenInput& input);

void Evolve(CaseState& record, const v1::SencoAssigned& event, Date occurred_on);
void Evolve(CaseState& record, const v1::SenInformationReportPublished& event, Date occurred_on);

// Whether the command is about a setting's own record, and the setting that it names.
[[nodiscard]] bool IsAboutSetting(const SenInput& input);
// REQUIRES: IsAboutSetting(input).
[[nodiscard]] const v1::Setting& SettingNamed(const SenInput& input);

// Where a command about a setting is sent to another id than the setting's own.
[[nodiscard]] std::optional<Breach> OtherSettingsRecord(const SenInput& input);

// R61.
[[nodiscard]] std::optional<Breach> AgencyNotInReport(const SenInput& input);

}  // namespace apdr::sen
