#include "services/scenario/internal/registration_facts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using sen::v1::IdentifierType;
using sen::v1::Registration;
using sen::v1::SettingScheme;

// "upn=none"
bool IsNone(std::string_view value) {
  const std::string plain = Normalised(value);
  return plain.empty() || plain == "none" || plain == "no" || plain == "absent" || plain == "[]";
}

void PutIdentifier(IdentifierType type, const std::string& value, Registration& registration) {
  if (IsNone(value)) {
    auto& identifiers = *registration.mutable_identifiers();
    identifiers.erase(std::remove_if(identifiers.begin(), identifiers.end(),
                                     [&](const auto& known) { return known.type() == type; }),
                      identifiers.end());
    return;
  }
  for (sen::v1::Identifier& identifier : *registration.mutable_identifiers()) {
    if (identifier.type() == type) {
      identifier.set_value(value);
      return;
    }
  }
  sen::v1::Identifier& added = *registration.add_identifiers();
  added.set_type(type);
  added.set_value(value);
}

void PutSetting(SettingScheme scheme, const std::string& value, Registration& registration) {
  registration.mutable_setting()->set_scheme(scheme);
  registration.mutable_setting()->set_value(value);
}

bool PutReference(const std::string& plain, const std::string& value, Registration& registration) {
  const std::string code = absl::AsciiStrToUpper(value);
  if (plain == "upn") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_UPN, value, registration);
  } else if (plain == "upntemporary" || plain == "upntemp") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_UPN_TEMPORARY, value, registration);
  } else if (plain == "formerupn") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_UPN_FORMER, value, registration);
  } else if (plain == "uln") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_ULN, value, registration);
  } else if (plain == "nhs") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_NHS, value, registration);
  } else if (plain == "urn") {  // Ofsted's numbers of early years providers are called URNs too.
    PutSetting(code.starts_with("EY") ? sen::v1::SETTING_SCHEME_EY : sen::v1::SETTING_SCHEME_URN,
               code, registration);
  } else if (plain == "ey") {
    PutSetting(sen::v1::SETTING_SCHEME_EY, code, registration);
  } else if (plain == "ukprn") {
    PutSetting(sen::v1::SETTING_SCHEME_UKPRN, value, registration);
  } else if (plain == "laestab") {
    // 801/2000 is 8012000.
    PutSetting(sen::v1::SETTING_SCHEME_LAESTAB, absl::StrReplaceAll(value, {{"/", ""}}),
               registration);
  } else {
    return false;
  }
  return true;
}

// "URN:199001", "UPN:H801200001001,ULN:9900000012". False: it is not written so.
bool PutNamedReferences(const std::string& value, Registration& registration) {
  const std::vector<std::string> parts = SplitOutside(value, ',');
  for (const std::string& part : parts) {
    const std::size_t colon = part.find(':');
    if (colon == std::string::npos ||
        !PutReference(Normalised(part.substr(0, colon)), part.substr(colon + 1), registration)) {
      return false;
    }
  }
  return !parts.empty();
}

// What settings are called, and the type that each is.
constexpr std::pair<std::string_view, std::string_view> kSettingWords[] = {
    {"pru", "alternative-provision"},
    {"ap", "alternative-provision"},
    {"pupilreferral", "alternative-provision"},
    {"pupilreferralunit", "alternative-provision"},
    {"alternativeprovision", "alternative-provision"},
    {"alternativeprovisionacademy", "alternative-provision"},
    {"pvi", "private-nursery"},
    {"nursery", "private-nursery"},
    {"daynursery", "private-nursery"},
    {"preschool", "private-nursery"},
    {"playgroup", "private-nursery"},
    {"privatenursery", "private-nursery"},
    {"voluntarynursery", "private-nursery"},
    {"independentnursery", "private-nursery"},
    {"maintainednursery", "maintained-nursery"},
    {"maintainednurseryschool", "maintained-nursery"},
    {"nurseryschool", "maintained-nursery"},
    {"academy", "academy"},
    {"freeschool", "academy"},
    {"college", "college"},
    {"fecollege", "college"},
    {"furthereducationcollege", "college"},
    {"sixthformcollege", "college"},
    {"childminder", "childminder"},
    {"maintainedschool", "school"},
    {"communityschool", "school"},
    {"primaryschool", "school"},
    {"secondaryschool", "school"},
    {"maintained", "school"},
    {"primary", "school"},
    {"secondary", "school"},
    {"school", "school"}};

}  // namespace

std::string_view SettingTypeNamed(std::string_view words) {
  const std::string plain = Normalised(words);
  for (const auto& [name, type] : kSettingWords) {
    if (plain == name) return type;
  }
  return words;
}

bool IsSettingWord(std::string_view words) {
  const std::string plain = Normalised(words);
  return std::ranges::any_of(kSettingWords,
                             [&](const auto& known) { return known.first == plain; });
}

void PutUsualSettingType(Registration& registration) {
  sen::v1::Setting& setting = *registration.mutable_setting();
  if (setting.scheme() == sen::v1::SETTING_SCHEME_UKPRN) {
    setting.set_type(sen::v1::SETTING_TYPE_COLLEGE);
  } else if (setting.scheme() == sen::v1::SETTING_SCHEME_EY) {
    setting.set_type(sen::v1::SETTING_TYPE_PRIVATE_NURSERY);
  }
}

absl::StatusOr<bool> PutRegistrationFact(std::string_view name, const std::string& value,
                                         Registration& registration) {
  const std::string plain = Normalised(name);
  if (plain == "setting" || plain == "identifiers") {
    if (PutNamedReferences(value, registration)) return true;
  }
  if (PutReference(plain, value, registration)) return true;
  if (plain == "dob" || plain == "dateofbirth") {
    registration.set_date_of_birth(value);
  } else if (plain == "year" || plain == "ncyear") {
    registration.set_nc_year(value);
  } else if (plain == "la" || plain == "homela") {
    registration.set_home_la(value);
  } else if (plain == "settingtype") {
    APDR_ASSIGN_OR_RETURN(const int number, EnumNumber(*sen::v1::SettingType_descriptor(),
                                                       std::string(SettingTypeNamed(value))));
    registration.mutable_setting()->set_type(static_cast<sen::v1::SettingType>(number));
  } else if (plain == "calendar") {
    registration.set_calendar(value);
  } else if (plain == "child") {
    registration.set_given_name(value);
  } else if (plain == "family") {
    registration.set_family_name(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace apdr::scenario
