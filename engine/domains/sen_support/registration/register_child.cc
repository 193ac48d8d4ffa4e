#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {
namespace {

// As it is stored: normalised, and a UPN under the type that its form says.
void Normalise(v1::Identifier& identifier) {
  identifier.set_value(NormalisedIdentifier(identifier.value()));
  if (identifier.type() != v1::IDENTIFIER_TYPE_UPN &&
      identifier.type() != v1::IDENTIFIER_TYPE_UPN_TEMPORARY) {
    return;
  }
  identifier.set_type(FormOfUpn(identifier.value()) == UpnForm::kTemporary
                          ? v1::IDENTIFIER_TYPE_UPN_TEMPORARY
                          : v1::IDENTIFIER_TYPE_UPN);
}

}  // namespace

Payloads Decide(const v1::RegisterChild& command, const SenInput& input) {
  v1::ChildRegistered event;
  v1::Registration& registration = *event.mutable_registration();
  registration = command.registration();
  for (v1::Identifier& identifier : *registration.mutable_identifiers()) Normalise(identifier);
  if (registration.joined_on().empty()) registration.set_joined_on(input.on_text());
  if (registration.calendar().empty()) registration.set_calendar(input.policy.default_calendar);
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ChildRegistered& event, Date) {
  const v1::Registration& registration = event.registration();
  record.set_date_of_birth(registration.date_of_birth());
  *record.mutable_setting() = registration.setting();
  record.set_home_la(registration.home_la());
  record.set_calendar(registration.calendar());
  record.set_provision(v1::PROVISION_NONE);
}

}  // namespace apdr::sen
