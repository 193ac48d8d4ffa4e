#include "engine/domains/sen_support/definition/timer_parts.h"

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/move.pb.h"
#include "engine/domains/sen_support/sen_state.h"

namespace apdr::sen {

TimerNames TeachingRoles() { return {"teacher", "keyworker", "tutor"}; }
TimerNames SencoRoles() { return {"senco", "named-person"}; }

const TermCalendar& CalendarOf(const core::TimerInput& input, const Policy& policy) {
  const auto* moved = codec::TryAs<v1::ChildTransferredIn>(*input.event.payload);
  return policy.CalendarOr(moved != nullptr ? moved->acceptance().calendar()
                                            : CaseOf(input.state).calendar());
}

Date DateFrom(const std::string& text, Date otherwise) {
  return ParseDate(text).value_or(otherwise);
}

std::string SchoolDays(int count) {
  return absl::StrCat(count, count == 1 ? " school day" : " school days");
}

core::Deadline DueOn(std::string timer, Date due_on, std::string explanation) {
  return {.timer = std::move(timer),
          .due_on = due_on,
          .fires_on = due_on,
          .level = 0,
          .reminder = false,
          .past_when_recorded = false,
          .explanation = std::move(explanation)};
}

core::Deadline SchoolDaysAfter(std::string timer, const Start& start, int days,
                               const TermCalendar& calendar) {
  core::Deadline deadline = DueOn(std::move(timer), calendar.AddSchoolDays(start.date, days),
                                  absl::StrCat(start.name, " ", FormatDate(start.date), " + ",
                                               SchoolDays(days), ", calendar ", calendar.Label()));
  deadline.counted_from = start.date;
  deadline.days_counted = static_cast<std::uint32_t>(days);
  return deadline;
}

core::Deadline CountedAnew(const core::Deadline& deadline, const TermCalendar& calendar) {
  core::Deadline anew = deadline;
  anew.fires_on =
      calendar.AddSchoolDays(deadline.counted_from, static_cast<int>(deadline.days_counted));
  if (deadline.due_on == deadline.fires_on) anew.due_on = anew.fires_on;
  const std::size_t named = anew.explanation.rfind(", calendar ");
  anew.explanation =
      absl::StrCat(anew.explanation.substr(0, named), ", calendar ", calendar.Label());
  return anew;
}

core::Deadline DaysAfter(std::string timer, const Start& start, int days) {
  return DueOn(std::move(timer), start.date + days,
               absl::StrCat(start.name, " ", FormatDate(start.date), " + ", days, " days"));
}

}  // namespace apdr::sen
