#include "services/scenario/internal/setting_words.h"

#include <algorithm>
#include <iterator>

#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "engine/domains/sen_support/setting/setting.h"
#include "services/scenario/internal/registration_facts.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

namespace v1 = sen::v1;
using google::protobuf::Message;

v1::Setting* SettingIn(Message& command) {
  if (auto* assign = dynamic_cast<v1::AssignSenco*>(&command)) {
    return assign->mutable_assignment()->mutable_setting();
  }
  auto* publish = dynamic_cast<v1::PublishSenInformationReport*>(&command);
  return publish == nullptr ? nullptr : publish->mutable_report()->mutable_setting();
}

// A fact of a registration that is about its setting: urn, settingtype.
absl::StatusOr<bool> PutSettingFact(const std::string& name, const std::string& value,
                                    v1::Setting& setting) {
  static constexpr std::string_view kNames[] = {"urn",     "ey",    "ukprn",
                                                "laestab", "local", "settingtype"};
  if (std::ranges::find(kNames, name) == std::end(kNames)) return false;
  v1::Registration registration;
  *registration.mutable_setting() = setting;
  APDR_ASSIGN_OR_RETURN(const bool known, PutRegistrationFact(name, value, registration));
  if (name != "settingtype") PutUsualSettingType(registration);
  setting = registration.setting();
  return known;
}

// "SLT", "SLT:NHS therapy service", "none"
void PutAgencies(const std::string& value, v1::SenInformationReport& report) {
  report.clear_external_agencies();
  if (Normalised(value) == "none") return;
  for (const std::string& agency : SplitOutside(value, ',')) {
    const std::size_t colon = agency.find(':');
    v1::ExternalAgency& added = *report.add_external_agencies();
    added.set_discipline(agency.substr(0, colon));
    if (colon != std::string::npos) added.set_name(Unquoted(agency.substr(colon + 1)));
  }
}

}  // namespace

std::optional<CaseId> SettingRecordOf(const Message& command) {
  if (const auto* assign = dynamic_cast<const v1::AssignSenco*>(&command)) {
    return sen::SettingCaseId(sen::SettingId(assign->assignment().setting()));
  }
  const auto* publish = dynamic_cast<const v1::PublishSenInformationReport*>(&command);
  if (publish == nullptr) return std::nullopt;
  return sen::SettingCaseId(sen::SettingId(publish->report().setting()));
}

absl::Status PutSettingFacts(const std::map<std::string, Fact>& facts, Message& command) {
  v1::Setting* setting = SettingIn(command);
  if (setting == nullptr) return absl::OkStatus();
  for (const auto& [name, fact] : facts) {
    APDR_RETURN_IF_ERROR(PutSettingFact(name, fact.value, *setting).status());
  }
  const auto type = facts.find("settingtype");  // Said, it counts before what is usual.
  if (type == facts.end()) return absl::OkStatus();
  return PutSettingFact(type->first, type->second.value, *setting).status();
}

absl::StatusOr<bool> PutSettingWord(const std::string& key, const std::string& value,
                                    Message& command) {
  v1::Setting* setting = SettingIn(command);
  if (setting == nullptr) return false;
  const std::string plain = Normalised(key);
  if (plain == "setting") {
    const std::size_t colon = value.find(':');
    const std::string scheme = colon == std::string::npos ? "urn" : value.substr(0, colon);
    return PutSettingFact(Normalised(scheme),
                          colon == std::string::npos ? value : value.substr(colon + 1), *setting);
  }
  static constexpr std::string_view kAgencies[] = {"agencies", "externalagencies", "listing",
                                                   "lists", "agency"};
  auto* publish = dynamic_cast<v1::PublishSenInformationReport*>(&command);
  if (publish != nullptr && std::ranges::find(kAgencies, plain) != std::end(kAgencies)) {
    PutAgencies(value, *publish->mutable_report());
    return true;
  }
  return PutSettingFact(plain, value, *setting);
}

}  // namespace apdr::scenario
