#pragma once

#include <string>
#include <vector>

#include "engine/codec/message_payload.h"
#include "engine/core/definition.h"
#include "engine/domains/sen_support/policy.h"
#include "engine/domains/sen_support/sen_terms.h"

// What the timers are made of. A date is computed once, when its event is decided, and its
// explanation says how.
namespace apdr::sen {

using TimerNames = std::vector<std::string>;
using Deadlines = std::vector<core::Deadline>;

// Roles that hear of a deadline.
[[nodiscard]] TimerNames TeachingRoles();
[[nodiscard]] TimerNames SencoRoles();

// The calendar of the setting that holds the case after the event.
[[nodiscard]] const TermCalendar& CalendarOf(const core::TimerInput& input, const Policy& policy);

[[nodiscard]] Date DateFrom(const std::string& text, Date otherwise);

// "1 school day", "5 school days".
[[nodiscard]] std::string SchoolDays(int count);

// Fires on the day it is due.
[[nodiscard]] core::Deadline DueOn(std::string timer, Date due_on, std::string explanation);

// A date and what it is called in the explanation.
struct Start {
  std::string name;
  Date date;
};

[[nodiscard]] core::Deadline SchoolDaysAfter(std::string timer, const Start& start, int days,
                                             const TermCalendar& calendar);
// The same count of school days on another calendar.
[[nodiscard]] core::Deadline CountedAnew(const core::Deadline& deadline,
                                         const TermCalendar& calendar);
[[nodiscard]] core::Deadline DaysAfter(std::string timer, const Start& start, int days);

template <class Event>
core::PayloadPtr Report(const core::Deadline& deadline, const TimerNames& to) {
  Event event;
  event.set_due_on(FormatDate(deadline.due_on));
  for (const std::string& role : to) event.add_to(role);
  return codec::MakePayload(std::move(event));
}

// A timer that reports a deadline to some roles.
template <class Event>
core::TimerSpec Reporting(std::string id, std::string title, const TimerNames& to) {
  core::TimerSpec timer;
  timer.id = std::move(id);
  timer.title = std::move(title);
  timer.emits = TypeOf<Event>();
  timer.fire = [to](const core::Deadline& deadline, const core::State&) {
    return Report<Event>(deadline, to);
  };
  return timer;
}

// T09 and T11 to T20: meetings, specialists, profile, authority, transfer, disclosure, report,
// decision rights, retention, exit.
[[nodiscard]] std::vector<core::TimerSpec> LaterTimers(const Policy& policy);

}  // namespace apdr::sen
