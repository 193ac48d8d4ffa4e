#include <algorithm>

#include "engine/domains/sen_support/registration/identifiers.h"
#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {
namespace {

v1::Identifier IdentifierIn(const v1::AssignedIdentifier& assigned) {
  v1::Identifier identifier;
  identifier.set_type(assigned.type());
  identifier.set_value(assigned.value());
  return AsStored(identifier);
}

bool IsUpn(v1::IdentifierType type) {
  return type == v1::IDENTIFIER_TYPE_UPN || type == v1::IDENTIFIER_TYPE_UPN_TEMPORARY;
}

}  // namespace

Payloads Decide(const v1::AssignIdentifier& command, const SenInput&) {
  const v1::Identifier identifier = IdentifierIn(command.identifier());
  v1::IdentifierAssigned event;
  *event.mutable_identifier() = command.identifier();
  event.mutable_identifier()->set_type(identifier.type());
  event.mutable_identifier()->set_value(identifier.value());
  event.mutable_identifier()->set_former_value(
      NormalisedIdentifier(command.identifier().former_value()));
  return Happened(std::move(event));
}

// One live number of a kind: the new one takes the place of the old, which is kept as a former UPN.
void Evolve(CaseState& record, const v1::IdentifierAssigned& event, Date) {
  const v1::Identifier assigned = IdentifierIn(event.identifier());
  for (v1::Identifier& known : *record.mutable_identifiers()) {
    const bool replaced =
        IsUpn(known.type()) && IsUpn(assigned.type()) && known.value() != assigned.value();
    if (replaced || known.value() == event.identifier().former_value()) {
      if (IsUpn(known.type())) known.set_type(v1::IDENTIFIER_TYPE_UPN_FORMER);
    }
  }
  auto& all = *record.mutable_identifiers();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const v1::Identifier& known) {
                             return known.value() == assigned.value() ||
                                    (known.type() == assigned.type() && !IsUpn(known.type()));
                           }),
            all.end());
  *record.add_identifiers() = assigned;
}

}  // namespace apdr::sen
