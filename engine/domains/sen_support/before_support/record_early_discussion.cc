#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

Payloads Decide(const v1::RecordEarlyDiscussion& command, const SenInput&) {
  v1::EarlyDiscussionHeld event;
  *event.mutable_discussion() = command.discussion();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::EarlyDiscussionHeld& event, Date) {
  if (!Includes(event.discussion().with(), IsParent)) return;
  record.set_parent_meetings(record.parent_meetings() + 1);
}

}  // namespace apdr::sen
