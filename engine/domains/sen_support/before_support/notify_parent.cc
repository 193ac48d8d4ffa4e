#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::NotifyParent& command, const SenInput&) {
  v1::ParentFormallyNotified event;
  *event.mutable_notification() = command.notification();
  return Happened(std::move(event));
}

// Telling somebody who is neither parent nor young person is not the notification the law means.
void Evolve(CaseState& record, const v1::ParentFormallyNotified& event, Date) {
  if (!Includes(event.notification().notified(), IsParentOrYoungPerson)) return;
  record.set_parent_notified(true);
}

}  // namespace apdr::sen
