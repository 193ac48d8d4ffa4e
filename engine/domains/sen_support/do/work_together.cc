#include "engine/domains/sen_support/do/do.h"

namespace apdr::sen {

Payloads Decide(const v1::BriefStaff& command, const SenInput&) {
  v1::StaffBriefed event;
  *event.mutable_briefing() = command.briefing();
  return Happened(std::move(event));
}

Payloads Decide(const v1::RecordTeamNote& command, const SenInput&) {
  v1::TeamNoteRecorded event;
  *event.mutable_note() = command.note();
  return Happened(std::move(event));
}

}  // namespace apdr::sen
