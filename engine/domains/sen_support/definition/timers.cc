#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/check.h"
#include "engine/codec/message_payload.h"
#include "engine/domains/sen_support/definition/tables.h"
#include "engine/domains/sen_support/definition/timer_parts.h"
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
using Names = TimerNames;

Names PlanInForce() { return {TypeOf<v1::PlanAgreed>(), TypeOf<v1::PlanIssuedWithoutAgreement>()}; }

// The plan that an event puts in force; null: another event.
const v1::PlanContent* PlanOf(const core::Event& event) {
  if (const auto* agreed = TryAs<v1::PlanAgreed>(*event.payload)) return &agreed->plan();
  const auto* issued = TryAs<v1::PlanIssuedWithoutAgreement>(*event.payload);
  return issued == nullptr ? nullptr : &issued->plan();
}

// The review date that a plan sets, that takes its place, or that still stands.
Date ReviewOn(const TimerInput& input) {
  const v1::PlanContent* plan = PlanOf(input.event);
  if (plan != nullptr) return DateFrom(plan->review_on(), input.event.occurred_on);
  const auto* changed = TryAs<v1::ReviewDateChanged>(*input.event.payload);
  return DateFrom(changed != nullptr ? changed->to() : CaseOf(input.state).plan().review_on(),
                  input.event.occurred_on);
}

// After a move only a plan that waits for its review is reminded of.
bool ReviewIsAwaited(const TimerInput& input) {
  if (TryAs<v1::ChildTransferredIn>(*input.event.payload) == nullptr) return true;
  const CaseState& record = CaseOf(input.state);
  return record.has_plan() && !record.plans().empty() &&
         record.plans(record.plans_size() - 1).reviewed_on().empty();
}

TimerSpec AdaptationReview() {
  auto timer = Reporting<v1::AdaptationReviewDue>("T01", "Adaptation review due", TeachingRoles());
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
  auto timer = Reporting<v1::ParentNotificationOverdue>("T02", "Notify the parent", SencoRoles());
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
  auto timer = Reporting<v1::AssessmentOverdue>("T03", "Assess", SencoRoles());
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
  auto timer = Reporting<v1::PlanOverdue>("T04", "Agree the plan", SencoRoles());
  timer.starts_on = {TypeOf<v1::ChildAssessed>()};
  timer.stops_on = PlanInForce();
  timer.due = absl::StrCat("assessment + ", SchoolDays(policy.days.plan));
  timer.start = [&policy](const TimerInput& input) {
    return Deadlines{SchoolDaysAfter("T04", {"ChildAssessed", input.event.occurred_on},
                                     policy.days.plan, CalendarOf(input, policy))};
  };
  return timer;
}

TimerSpec SharePlan(const Policy& policy) {
  auto timer = Reporting<v1::PlanSharingOverdue>("T05", "Share the plan", SencoRoles());
  timer.starts_on = PlanInForce();
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
  auto timer = Reporting<v1::SupportStartOverdue>("T06", "Start the support", TeachingRoles());
  timer.starts_on = PlanInForce();
  timer.stops_on = {TypeOf<v1::SupportStarted>(), TypeOf<v1::ReviewHeld>()};
  timer.due = absl::StrCat("supportStartsOn + ", SchoolDays(policy.days.start_support));
  timer.start = [&policy](const TimerInput& input) {
    const Date starts_on =
        DateFrom(PlanOf(input.event)->support_starts_on(), input.event.occurred_on);
    return Deadlines{SchoolDaysAfter("T06", {"supportStartsOn", starts_on},
                                     policy.days.start_support, CalendarOf(input, policy))};
  };
  return timer;
}

// Events after which the review date, or the calendar it is counted by, is another.
Names ReviewDateSet() {
  Names events = PlanInForce();
  events.push_back(TypeOf<v1::ReviewDateChanged>());
  events.push_back(TypeOf<v1::ChildTransferredIn>());
  return events;
}

// Whether the reminder so many days ahead has not been issued.
bool StillToCome(const core::State& state, int offset) {
  return std::ranges::any_of(state.deadlines, [&](const auto& entry) {
    const Deadline& deadline = entry.second.deadline;
    return deadline.timer == "T07" && deadline.level == static_cast<std::uint32_t>(offset);
  });
}

// Reminders that fall on one school day are one: the nearest to the review.
Deadlines Reminders(const TimerInput& input, const Policy& policy) {
  const TermCalendar& calendar = CalendarOf(input, policy);
  const Date review_on = ReviewOn(input);
  const bool moved = TryAs<v1::ChildTransferredIn>(*input.event.payload) != nullptr;
  Deadlines reminders;
  for (const int offset : policy.days.review_reminder_days) {
    if (moved && !StillToCome(input.state, offset)) continue;
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
                                     ", back to a school day, calendar ", calendar.Label())});
  }
  return reminders;
}

TimerSpec ReviewReminder(const Policy& policy) {
  TimerSpec timer;
  timer.id = "T07";
  timer.title = "Review reminder";
  timer.starts_on = ReviewDateSet();
  timer.starts = ReviewIsAwaited;
  timer.stops_on = {TypeOf<v1::ReviewHeld>()};
  timer.due =
      absl::StrCat("reviewOn - ", absl::StrJoin(policy.days.review_reminder_days, ", "), " days");
  timer.emits = TypeOf<v1::ReviewReminderIssued>();
  timer.start = [&policy](const TimerInput& input) { return Reminders(input, policy); };
  timer.fire = [](const Deadline& deadline, const core::State&) {
    v1::ReviewReminderIssued event;
    event.set_due_on(FormatDate(deadline.due_on));
    event.set_offset_days(deadline.level);
    for (const Names& roles : {TeachingRoles(), SencoRoles()}) {
      for (const std::string& role : roles) event.add_to(role);
    }
    return codec::MakePayload(std::move(event));
  };
  return timer;
}

Deadlines Escalation(const TimerInput& input, const Policy& policy) {
  const TermCalendar& calendar = CalendarOf(input, policy);
  const Date review_on = ReviewOn(input);
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
  if (level == 1) return SencoRoles();
  if (level == 2) return {"head"};
  return {"la-send-officer"};
}

TimerSpec ReviewOverdue(const Policy& policy) {
  TimerSpec timer;
  timer.id = "T08";
  timer.title = "Review overdue";
  timer.starts_on = PlanInForce();
  timer.starts_on.push_back(TypeOf<v1::ReviewDateChanged>());
  timer.stops_on = {TypeOf<v1::ReviewHeld>()};
  timer.due =
      absl::StrCat("reviewOn + ", absl::StrJoin(policy.days.review_overdue, ", "), " school days");
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
  auto timer = Reporting<v1::ReviewRecordOverdue>("T10", "Share the review record", SencoRoles());
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

// The authority's decision, the disclosure, decision rights and retention do not wait for the case.
bool GoesOnWhenClosed(const std::string& id) {
  return id == "T13" || id == "T15" || id == "T17" || id == "T18";
}

}  // namespace

std::vector<TimerSpec> TimerTable(const Policy& policy) {
  std::vector<TimerSpec> timers = {
      AdaptationReview(),     NotifyParent(policy),  Assess(policy),
      Plan(policy),           SharePlan(policy),     StartSupport(policy),
      ReviewReminder(policy), ReviewOverdue(policy), ShareReviewRecord(policy)};
  for (TimerSpec& timer : timers) timer.stops_on.push_back(TypeOf<v1::SenSupportEnded>());
  std::ranges::move(LaterTimers(policy), std::back_inserter(timers));
  for (TimerSpec& timer : timers) {
    timer.stops_on.push_back(TypeOf<v1::RecordErased>());
    timer.recounts_on = {TypeOf<v1::ChildTransferredIn>()};
    timer.recount = [&policy](const Deadline& deadline, const TimerInput& input) {
      return CountedAnew(deadline, CalendarOf(input, policy));
    };
    if (GoesOnWhenClosed(timer.id)) continue;
    timer.pauses_on = {TypeOf<v1::CaseClosed>()};
    timer.resumes_on = {TypeOf<v1::CaseReopened>()};
  }
  std::ranges::sort(timers, {}, &TimerSpec::id);
  return timers;
}

}  // namespace apdr::sen
