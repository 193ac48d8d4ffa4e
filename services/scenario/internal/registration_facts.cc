#include "services/scenario/internal/registration_facts.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/scenario/internal/message_fields.h"
#include "services/scenario/internal/words.h"

namespace apdr::scenario {
namespace {

using sen::v1::IdentifierType;
using sen::v1::Registration;
using sen::v1::SettingScheme;

void PutIdentifier(IdentifierType type, const std::string& value, Registration& registration) {
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
  if (plain == "upn") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_UPN, value, registration);
  } else if (plain == "upntemporary") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_UPN_TEMPORARY, value, registration);
  } else if (plain == "formerupn") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_UPN_FORMER, value, registration);
  } else if (plain == "uln") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_ULN, value, registration);
  } else if (plain == "nhs") {
    PutIdentifier(sen::v1::IDENTIFIER_TYPE_NHS, value, registration);
  } else if (plain == "urn") {
    PutSetting(sen::v1::SETTING_SCHEME_URN, value, registration);
  } else if (plain == "ey") {
    PutSetting(sen::v1::SETTING_SCHEME_EY, value, registration);
  } else if (plain == "ukprn") {
    PutSetting(sen::v1::SETTING_SCHEME_UKPRN, value, registration);
  } else if (plain == "laestab") {
    PutSetting(sen::v1::SETTING_SCHEME_LAESTAB, value, registration);
  } else {
    return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<bool> PutRegistrationFact(std::string_view name, const std::string& value,
                                         Registration& registration) {
  const std::string plain = Normalised(name);
  if (PutReference(plain, value, registration)) return true;
  if (plain == "dob" || plain == "dateofbirth") {
    registration.set_date_of_birth(value);
  } else if (plain == "year" || plain == "ncyear") {
    registration.set_nc_year(value);
  } else if (plain == "la" || plain == "homela") {
    registration.set_home_la(value);
  } else if (plain == "settingtype") {
    APDR_ASSIGN_OR_RETURN(const int number, EnumNumber(*sen::v1::SettingType_descriptor(), value));
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
