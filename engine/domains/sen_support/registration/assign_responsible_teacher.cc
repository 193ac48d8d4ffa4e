#include "engine/domains/sen_support/registration/registration.h"

namespace apdr::sen {

Payloads Decide(const v1::AssignResponsibleTeacher& command, const SenInput& input) {
  const v1::PersonRef& now = input.record.responsible_teacher();
  if (now.person_id() == command.teacher().person_id() && now.role() == command.teacher().role()) {
    return {};
  }
  v1::ResponsibleTeacherAssigned event;
  *event.mutable_teacher() = command.teacher();
  return Happened(std::move(event));
}

void Evolve(CaseState& record, const v1::ResponsibleTeacherAssigned& event, Date occurred_on) {
  *record.mutable_responsible_teacher() = event.teacher();
  const std::optional<Date> since = ParseDate(record.responsible_since());
  if (!since || occurred_on < *since) record.set_responsible_since(FormatDate(occurred_on));
}

}  // namespace apdr::sen
