#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {

Payloads Decide(const v1::RegisterChild& command, const SenInput& input) {
  v1::ChildRegistered event;
  v1::Registration& registration = *event.mutable_registration();
  registration = command.registration();
  for (v1::Identifier& identifier : *registration.mutable_identifiers()) {
    identifier = AsStored(identifier);
  }
  if (registration.joined_on().empty()) registration.set_joined_on(input.on_text());
  if (registration.calendar().empty()) {
    registration.set_calendar(input.policy.CalendarOfSetting(SettingId(registration.setting())));
  }
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ChildRegistered& event, Date) {
  const v1::Registration& registration = event.registration();
  record.set_date_of_birth(registration.date_of_birth());
  *record.mutable_setting() = registration.setting();
  record.set_home_la(registration.home_la());
  record.set_calendar(registration.calendar());
  *record.mutable_identifiers() = registration.identifiers();
  record.set_provision(v1::PROVISION_NONE);
  SetPlaces(registration, record);
}

}  // namespace apdr::sen
