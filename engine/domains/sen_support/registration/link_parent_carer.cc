#include <algorithm>

#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {

Payloads Decide(const v1::LinkParentCarer& command, const SenInput&) {
  v1::ParentCarerLinked event;
  *event.mutable_parent_carer() = command.parent_carer();
  return Happened(std::move(event));
}

// Linking the same person again replaces what was known: that is how a restriction is set or
// lifted.
void Evolve(CaseState& record, const v1::ParentCarerLinked& event, Date) {
  const v1::ParentCarer& linked = event.parent_carer();
  auto& parents = *record.mutable_parents();
  const auto known = std::ranges::find(parents, linked.person_id(),
                                       [](const auto& parent) { return parent.person_id(); });
  state::v1::LinkedParent& parent = known == parents.end() ? *record.add_parents() : *known;
  parent.set_person_id(linked.person_id());
  parent.set_restricted(linked.restriction() == v1::PARENT_RESTRICTION_NO_CONTACT ||
                        linked.restriction() == v1::PARENT_RESTRICTION_NO_DISCLOSURE);
}

// What a court restricts stays restricted.
void Evolve(CaseState& record, const v1::ParentCarerUnlinked& event, Date) {
  auto& parents = *record.mutable_parents();
  parents.erase(std::remove_if(parents.begin(), parents.end(),
                               [&](const state::v1::LinkedParent& parent) {
                                 return parent.person_id() == event.person_id() &&
                                        !parent.restricted();
                               }),
                parents.end());
}

}  // namespace apdr::sen
