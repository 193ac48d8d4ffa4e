#include "engine/domains/sen_support/before_support/before_support.h"
#include "engine/domains/sen_support/review/meetings.h"

namespace apdr::sen {

Payloads Decide(const v1::RecordEarlyDiscussion& command, const SenInput&) {
  v1::EarlyDiscussionHeld event;
  *event.mutable_discussion() = command.discussion();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::EarlyDiscussionHeld& event, Date occurred_on) {
  if (!Includes(event.discussion().with(), IsParent)) return;
  CountParentMeeting(record, occurred_on);
}

}  // namespace apdr::sen
