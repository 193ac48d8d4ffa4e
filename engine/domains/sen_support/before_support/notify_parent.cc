#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::NotifyParent& command, const SenInput&) {
  v1::ParentFormallyNotified event;
  *event.mutable_notification() = command.notification();
  return Happened(std::move(event));
}

// The first notification counts. Telling somebody who is neither parent nor young person is not the
// notification the law means.
void Evolve(CaseState& record, const v1::ParentFormallyNotified& event, Date occurred_on) {
  if (!Includes(event.notification().notified(), IsParentOrYoungPerson)) return;
  const std::optional<Date> before = ParseDate(record.parent_notified_on());
  if (!before || occurred_on < *before) record.set_parent_notified_on(FormatDate(occurred_on));
  record.set_parent_notified(true);
}

}  // namespace apdr::sen
