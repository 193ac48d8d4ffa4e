#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/check.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"

// The deadlines. Day counts come from the policy; a date is computed once, when its event is
// decided, and its explanation says how.
namespace apdr::sen {
namespace {

using codec::As;
using codec::TryAs;
using core::Deadline;
using core::TimerInput;
using core::TimerSpec;
using Names = std::vector<std::string>;
using Deadlines = std::vector<Deadline>;

Names Teaching() { return {"teacher", "keyworker", "tutor"}; }
Names Senco() { return {"senco", "named-person"}; }

const TermCalendar& CalendarOf(const TimerInput& input, const Policy& policy) {
  return policy.CalendarOr(CaseOf(input.state).calendar());
}

Date DateFrom(const std::string& text, Date otherwise) {
  return ParseDate(text).value_or(otherwise);
}

std::string SchoolDays(int count) {
  return absl::StrCat(count, count == 1 ? " school day" : " school days");
}

Deadline DueOn(std::string timer, Date due_on, std::string explanation) {
  return {.timer = std::move(timer),
          .due_on = due_on,
          .fires_on = due_on,
          .level = 0,
          .reminder = false,
          .past_when_recorded = false,
          .explanation = std::move(explanation)};
}

// A date and what it is called in the explanation.
struct Start {
  std::string name;
  Date date;
};

Deadline SchoolDaysAfter(std::string timer, const Start& start, int days,
                         const TermCalendar& calendar) {
  return DueOn(std::move(timer), calendar.AddSchoolDays(start.date, days),
               absl::StrCat(start.name, " ", FormatDate(start.date), " + ", SchoolDays(days),
                            ", calendar ", calendar.name()));
}

// The review date that a plan sets, or that takes its place.
Date ReviewOn(const core::Event& event) {
  const auto* agreed = TryAs<v1::PlanAgreed>(*event.payload);
  return DateFrom(agreed != nullptr ? agreed->plan().review_on()
                                    : As<v1::ReviewDateChanged>(*event.payload).to(),
                  event.occurred_on);
}

template <class Event>
core::PayloadPtr Report(const Deadline& deadline, const Names& to) {
  Event event;
  event.set_due_on(FormatDate(deadline.due_on));
  for (const std::string& role : to) event.add_to(role);
  return codec::MakePayload(std::move(event));
}

// A timer that reports a deadline to some roles.
template <class Event>
TimerSpec Reporting(std::string id, std::string title, const Names& to) {
  TimerSpec timer;
  timer.id = std::move(id);
  timer.title = std::move(title);
  timer.emits = TypeOf<Event>();
  timer.fire = [to](const Deadline& deadline, const core::State&) {
    return Report<Event>(deadline, to);
  };
  return timer;
}

TimerSpec AdaptationReview() {
  auto timer = Reporting<v1::AdaptationReviewDue>("T01", "Adaptation review due", Teaching());
  timer.starts_on = {TypeOf<v1::TeachingAdapted>(), TypeOf<v1::AdaptationContinued>()};
  timer.stops_on = {TypeOf<v1::ConcernsResolved>(), TypeOf<v1::ConcernsRemained>(),
                    TypeOf<v1::SenSupportStarted>(), TypeOf<v1::SenSupportDeclined>()};
  timer.due = "its review date";
  timer.start = [](const TimerInput& input) {
    const auto* adapted = TryAs<v1::TeachingAdapted>(*input.event.payload);
    const std::string& review_on =
        adapted != nullptr ? adapted->teaching().review_on()
                           : As<v1::AdaptationContinued>(*input.event.payload).new_review_on();
    const Date date = DateFrom(review_on, input.event.occurred_on);
    return Deadlines{DueOn("T01", date, absl::StrCat("reviewOn ", FormatDate(date)))};
  };
  return timer;
}

TimerSpec NotifyParent(const Policy& policy) {
  auto timer = Reporting<v1::ParentNotificationOverdue>("T02", "Notify the parent", Senco());
  timer.starts_on = {TypeOf<v1::SenSupportStarted>()};
  timer.stops_on = {TypeOf<v1::ParentFormallyNotified>()};
  timer.due = absl::StrCat("start of SEN Support + ", SchoolDays(policy.days.notify_parent));
  timer.start = [&policy](const TimerInput& input) {
    return Deadlines{SchoolDaysAfter("T02", {"SenSupportStarted", input.event.occurred_on},
                                     policy.days.notify_parent, CalendarOf(input, policy))};
  };
  timer.stops = [](const TimerInput& input) {
    const auto* told = TryAs<v1::ParentFormallyNotified>(*input.event.payload);
    return told == nullptr || Includes(told->notification().notified(), IsParentOrYoungPerson);
  };
  return timer;
}

// The first assessment is due from the start of support, a later one from its cycle's start.
TimerSpec Assess(const Policy& policy) {
  auto timer = Reporting<v1::AssessmentOverdue>("T03", "Assess", Senco());
  timer.starts_on = {TypeOf<v1::SenSupportStarted>(), TypeOf<v1::AssessmentStarted>()};
  timer.stops_on = {TypeOf<v1::ChildAssessed>()};
  timer.due =
      absl::StrCat("start of SEN Support, or of a later cycle, + ", SchoolDays(policy.days.assess));
  timer.start = [&policy](const TimerInput& input) {
    const bool first = TryAs<v1::SenSupportStarted>(*input.event.payload) != nullptr;
    return Deadlines{SchoolDaysAfter(
        "T03", {first ? "SenSupportStarted" : "AssessmentStarted", input.event.occurred_on},
        policy.days.assess, CalendarOf(input, policy))};
  };
  timer.starts = [](const TimerInput& input) {
    const auto* started = TryAs<v1::AssessmentStarted>(*input.event.payload);
    return started == nullptr || started->trigger() == v1::ASSESSMENT_TRIGGER_AFTER_REVIEW;
  };
  return timer;
}

TimerSpec Plan(const Policy& policy) {
  auto timer = Reporting<v1::PlanOverdue>("T04", "Agree the plan", Senco());
  timer.starts_on = {TypeOf<v1::ChildAssessed>()};
  timer.stops_on = {TypeOf<v1::PlanAgreed>()};
  timer.due = absl::StrCat("assessment + ", SchoolDays(policy.days.plan));
  timer.start = [&policy](const TimerInput& input) {
    return Deadlines{SchoolDaysAfter("T04", {"ChildAssessed", input.event.occurred_on},
                                     policy.days.plan, CalendarOf(input, policy))};
  };
  return timer;
}

TimerSpec SharePlan(const Policy& policy) {
  auto timer = Reporting<v1::PlanSharingOverdue>("T05", "Share the plan", Senco());
  timer.starts_on = {TypeOf<v1::PlanAgreed>()};
  timer.stops_on = {TypeOf<v1::PlanShared>()};
  timer.due = absl::StrCat("plan + ", SchoolDays(policy.days.share_plan));
  timer.start = [&policy](const TimerInput& input) {
    return Deadlines{SchoolDaysAfter("T05", {"PlanAgreed", input.event.occurred_on},
                                     policy.days.share_plan, CalendarOf(input, policy))};
  };
  timer.stops = [](const TimerInput& input) {
    const auto* shared = TryAs<v1::PlanShared>(*input.event.payload);
    return shared == nullptr || Includes(shared->sharing().with(), IsParentOrYoungPerson);
  };
  return timer;
}

// A review of support that was never delivered closes the plan, so nobody waits for its start.
TimerSpec StartSupport(const Policy& policy) {
  auto timer = Reporting<v1::SupportStartOverdue>("T06", "Start the support", Teaching());
  timer.starts_on = {TypeOf<v1::PlanAgreed>()};
  timer.stops_on = {TypeOf<v1::SupportStarted>(), TypeOf<v1::ReviewHeld>()};
  timer.due = absl::StrCat("supportStartsOn + ", SchoolDays(policy.days.start_support));
  timer.start = [&policy](const TimerInput& input) {
    const auto& plan = As<v1::PlanAgreed>(*input.event.payload).plan();
    const Date starts_on = DateFrom(plan.support_starts_on(), input.event.occurred_on);
    return Deadlines{SchoolDaysAfter("T06", {"supportStartsOn", starts_on},
                                     policy.days.start_support, CalendarOf(input, policy))};
  };
  return timer;
}

// Reminders that fall on one school day are one: the nearest to the review.
Deadlines Reminders(const TimerInput& input, const Policy& policy) {
  const TermCalendar& calendar = CalendarOf(input, policy);
  const Date review_on = ReviewOn(input.event);
  Deadlines reminders;
  for (const int offset : policy.days.review_reminder_days) {
    const Date fires_on = calendar.LastSchoolDayBy(review_on - offset);
    if (!reminders.empty() && reminders.back().fires_on == fires_on) reminders.pop_back();
    reminders.push_back(
        {.timer = "T07",
         .due_on = review_on,
         .fires_on = fires_on,
         .level = static_cast<std::uint32_t>(offset),
         .reminder = true,
         .past_when_recorded = false,
         .explanation = absl::StrCat("reviewOn ", FormatDate(review_on), " - ", offset,
                                     offset == 1 ? " day" : " days",
                                     ", back to a school day, calendar ", calendar.name())});
  }
  return reminders;
}

TimerSpec ReviewReminder(const Policy& policy) {
  TimerSpec timer;
  timer.id = "T07";
  timer.title = "Review reminder";
  timer.starts_on = {TypeOf<v1::PlanAgreed>(), TypeOf<v1::ReviewDateChanged>()};
  timer.stops_on = {TypeOf<v1::ReviewHeld>()};
  timer.due = "reviewOn - 28, 14, 7, 1 days";
  timer.emits = TypeOf<v1::ReviewReminderIssued>();
  timer.start = [&policy](const TimerInput& input) { return Reminders(input, policy); };
  timer.fire = [](const Deadline& deadline, const core::State&) {
    v1::ReviewReminderIssued event;
    event.set_due_on(FormatDate(deadline.due_on));
    event.set_offset_days(deadline.level);
    for (const Names& roles : {Teaching(), Senco()}) {
      for (const std::string& role : roles) event.add_to(role);
    }
    return codec::MakePayload(std::move(event));
  };
  return timer;
}

Deadlines Escalation(const TimerInput& input, const Policy& policy) {
  const TermCalendar& calendar = CalendarOf(input, policy);
  const Date review_on = ReviewOn(input.event);
  Deadlines levels;
  for (const int days : policy.days.review_overdue) {
    Deadline level = SchoolDaysAfter("T08", {"reviewOn", review_on}, days, calendar);
    level.due_on = review_on;
    level.level = static_cast<std::uint32_t>(levels.size() + 1);
    levels.push_back(std::move(level));
  }
  return levels;
}

// The SENCO first, then the head, then the authority.
Names WhoHears(std::uint32_t level) {
  if (level == 1) return Senco();
  if (level == 2) return {"head"};
  return {"la-send-officer"};
}

TimerSpec ReviewOverdue(const Policy& policy) {
  TimerSpec timer;
  timer.id = "T08";
  timer.title = "Review overdue";
  timer.starts_on = {TypeOf<v1::PlanAgreed>(), TypeOf<v1::ReviewDateChanged>()};
  timer.stops_on = {TypeOf<v1::ReviewHeld>()};
  timer.due = "reviewOn + 1, 10, 20 school days";
  timer.emits = TypeOf<v1::ReviewOverdue>();
  timer.start = [&policy](const TimerInput& input) { return Escalation(input, policy); };
  timer.fire = [](const Deadline& deadline, const core::State&) {
    v1::ReviewOverdue event;
    event.set_due_on(FormatDate(deadline.due_on));
    event.set_level(deadline.level);
    for (const std::string& role : WhoHears(deadline.level)) event.add_to(role);
    return codec::MakePayload(std::move(event));
  };
  return timer;
}

TimerSpec ShareReviewRecord(const Policy& policy) {
  auto timer = Reporting<v1::ReviewRecordOverdue>("T10", "Share the review record", Senco());
  timer.starts_on = {TypeOf<v1::ReviewHeld>()};
  timer.stops_on = {TypeOf<v1::ReviewRecordShared>()};
  timer.due = absl::StrCat("review + ", SchoolDays(policy.days.share_review_record));
  timer.start = [&policy](const TimerInput& input) {
    return Deadlines{SchoolDaysAfter("T10", {"ReviewHeld", input.event.occurred_on},
                                     policy.days.share_review_record, CalendarOf(input, policy))};
  };
  timer.stops = [](const TimerInput& input) {
    const auto* shared = TryAs<v1::ReviewRecordShared>(*input.event.payload);
    return shared == nullptr || Includes(shared->sharing().with(), IsParentOrYoungPerson);
  };
  return timer;
}

}  // namespace

std::vector<TimerSpec> TimerTable(const Policy& policy) {
  std::vector<TimerSpec> timers = {
      AdaptationReview(),     NotifyParent(policy),  Assess(policy),
      Plan(policy),           SharePlan(policy),     StartSupport(policy),
      ReviewReminder(policy), ReviewOverdue(policy), ShareReviewRecord(policy)};
  for (TimerSpec& timer : timers) timer.stops_on.push_back(TypeOf<v1::SenSupportEnded>());
  return timers;
}

}  // namespace apdr::sen
