#include "engine/domains/sen_support/setting/setting.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/base/name_uuid.h"

namespace apdr::sen {
namespace {

// Stored in every log; never change it.
constexpr const char* kSettingNamespace = "5e701a2c-8d1f-4c59-9a52-2f6f0a7d3b10";

// The agency outside that a command brings in.
struct Agency {
  std::string name;
  std::string discipline;
};

std::optional<Agency> AgencyIn(const core::Payload& command) {
  if (const auto* asks = TryAs<v1::RequestSpecialist>(command)) {
    return Agency{.name = asks->request().agency(), .discipline = asks->request().discipline()};
  }
  const auto* involves = TryAs<v1::RecordInvolvedProfessional>(command);
  if (involves == nullptr || !involves->professional().until().empty()) return std::nullopt;
  return Agency{.name = involves->professional().agency(),
                .discipline = involves->professional().discipline()};
}

bool Lists(const v1::SenInformationReport& report, const Agency& agency) {
  return std::ranges::any_of(report.external_agencies(), [&](const v1::ExternalAgency& listed) {
    return listed.discipline() == agency.discipline &&
           (listed.name().empty() || absl::EqualsIgnoreCase(listed.name(), agency.name));
  });
}

}  // namespace

CaseId SettingCaseId(const std::string& setting_id) {
  return CaseId(NameUuid(kSettingNamespace, setting_id));
}

std::vector<CaseId> SettingsRead(const CaseState& record, const core::Payload& command) {
  if (!AgencyIn(command)) return {};
  const std::string setting_id = SettingId(record.setting());
  if (setting_id.empty()) return {};
  return {SettingCaseId(setting_id)};
}

Payloads Decide(const v1::AssignSenco& command, const SenInput& input) {
  v1::SencoAssigned event;
  *event.mutable_assignment() = command.assignment();
  if (event.assignment().from().empty()) event.mutable_assignment()->set_from(input.on_text());
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SencoAssigned& event, Date) {
  *record.mutable_setting() = event.assignment().setting();
  *record.mutable_place()->mutable_senco() = event.assignment().person();
  record.mutable_place()->set_senco_from(event.assignment().from());
}

Payloads Decide(const v1::PublishSenInformationReport& command, const SenInput& input) {
  v1::SenInformationReportPublished event;
  *event.mutable_report() = command.report();
  if (event.report().published_on().empty()) {
    event.mutable_report()->set_published_on(input.on_text());
  }
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::SenInformationReportPublished& event, Date) {
  *record.mutable_setting() = event.report().setting();
  *record.mutable_place()->mutable_report() = event.report();
}

bool IsAboutSetting(const SenInput& input) {
  return input.TryCommand<v1::AssignSenco>() != nullptr ||
         input.TryCommand<v1::PublishSenInformationReport>() != nullptr;
}

const v1::Setting& SettingNamed(const SenInput& input) {
  if (const auto* assign = input.TryCommand<v1::AssignSenco>()) {
    return assign->assignment().setting();
  }
  return input.command<v1::PublishSenInformationReport>().report().setting();
}

std::optional<Breach> OtherSettingsRecord(const SenInput& input) {
  const CaseId own = SettingCaseId(SettingId(SettingNamed(input)));
  if (own == input.engine.context.case_id) return std::nullopt;
  return Broken("a setting's record stands under the id that its identifier gives",
                {{"case_id", own.value()}});
}

std::optional<Breach> AgencyNotInReport(const SenInput& input) {
  const std::optional<Agency> agency = AgencyIn(*input.engine.command.payload);
  if (!agency) return std::nullopt;
  const auto& read = input.engine.context.cases_read;
  const auto setting = read.find(SettingCaseId(SettingId(input.record.setting())));
  if (setting == read.end() || !CaseOf(*setting->second).place().has_report()) {
    return Broken(
        "the setting's SEN information report, which lists the agencies it works with, "
        "is not on record");
  }
  if (Lists(CaseOf(*setting->second).place().report(), *agency)) return std::nullopt;
  return Broken("the setting's SEN information report does not list the agency",
                {{"discipline", agency->discipline}});
}

}  // namespace apdr::sen
