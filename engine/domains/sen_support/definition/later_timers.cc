#include <algorithm>

#include "absl/strings/str_cat.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/setting.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/definition/timer_parts.h"
#include "engine/domains/sen_support/governance/governance.h"
#include "engine/domains/sen_support/review/meetings.h"
#include "engine/domains/sen_support/review/review.h"

namespace apdr::sen {
namespace {

using codec::As;
using codec::TryAs;
using core::Deadline;
using core::TimerInput;
using core::TimerSpec;

TimerNames Authority() { return {"la-send-officer"}; }

// ---- T09: meetings with the parents.

// The two looks of an academic year: by then, so many of a whole year's three.
struct Look {
  int month;
  std::uint32_t meetings;
};
constexpr Look kLooks[] = {{3, 2}, {7, 3}};

bool IsMeeting(const core::Event& event) {
  if (const auto* held = TryAs<v1::ReviewHeld>(*event.payload)) {
    return Includes(PeopleAt(held->review()), IsParentOrYoungPerson);
  }
  const auto* meeting = TryAs<v1::ParentMeetingHeld>(*event.payload);
  return meeting != nullptr && Includes(meeting->meeting().attendees(), IsParentOrYoungPerson);
}

void AddLooks(const TimerInput& input, absl::civil_year_t year, Date started, Deadlines& looks) {
  const bool counts = IsMeeting(input.event) && AcademicYearOf(input.event.occurred_on) == year;
  const std::uint32_t held = MeetingsIn(CaseOf(input.state), year) + (counts ? 1 : 0);
  for (const Look& look : kLooks) {
    const Date until(year + 1, look.month, 31);
    const std::uint32_t owed = MeetingsOwed(look.meetings, year, started, until);
    if (until < input.event.occurred_on || held >= owed) continue;
    Deadline deadline = DueOn("T09", until,
                              absl::StrCat(owed, " meetings by ", FormatDate(until),
                                           ", on SEN Support since ", FormatDate(started)));
    deadline.level = owed;
    looks.push_back(std::move(deadline));
  }
}

// Of this academic year and the next two: by then a case on SEN Support has an event that asks
// again.
constexpr int kYearsAhead = 3;

Deadlines MeetingLooks(const TimerInput& input, const Policy& policy) {
  const CaseState& record = CaseOf(input.state);
  const bool starts = TryAs<v1::SenSupportStarted>(*input.event.payload) != nullptr;
  const std::optional<Date> started =
      starts ? input.event.occurred_on : ParseDate(record.sen_support_started_on());
  Deadlines looks;
  const auto* moved = TryAs<v1::ChildTransferredIn>(*input.event.payload);
  const v1::Setting& setting = moved != nullptr ? moved->acceptance().setting() : record.setting();
  if (!started || !policy.RulesFor(setting.type()).parent_meetings) return looks;
  const absl::civil_year_t year = AcademicYearOf(input.event.occurred_on);
  for (int ahead = 0; ahead < kYearsAhead; ++ahead) AddLooks(input, year + ahead, *started, looks);
  return looks;
}

TimerSpec ParentMeetings(const Policy& policy) {
  TimerSpec timer;
  timer.id = "T09";
  timer.title = "Three meetings with the parents";
  timer.starts_on = {TypeOf<v1::SenSupportStarted>(),          TypeOf<v1::PlanAgreed>(),
                     TypeOf<v1::PlanIssuedWithoutAgreement>(), TypeOf<v1::ReviewHeld>(),
                     TypeOf<v1::ParentMeetingHeld>(),          TypeOf<v1::ChildTransferredIn>()};
  timer.stops_on = {TypeOf<v1::SenSupportEnded>()};
  timer.due = "31 March: 2 held; 31 July: 3, pro rata for late starters; not for colleges";
  timer.emits = TypeOf<v1::ParentMeetingShortfall>();
  timer.start = [&policy](const TimerInput& input) { return MeetingLooks(input, policy); };
  timer.fire = [](const Deadline& deadline, const core::State& state) {
    const absl::civil_year_t year = AcademicYearOf(deadline.due_on);
    v1::ParentMeetingShortfall event;
    event.set_due_on(FormatDate(deadline.due_on));
    event.set_academic_year(AcademicYearName(year));
    event.set_held(MeetingsIn(CaseOf(state), year));
    event.set_expected(deadline.level);
    for (const std::string& role : SencoRoles()) event.add_to(role);
    return codec::MakePayload(std::move(event));
  };
  return timer;
}

// ---- T11: specialists.

std::optional<std::string> SpecialistRequestOf(const TimerInput& input) {
  if (const auto* asked = TryAs<v1::SpecialistRequested>(*input.event.payload)) {
    return asked->request().request_id();
  }
  if (const auto* advice = TryAs<v1::SpecialistAdviceReceived>(*input.event.payload)) {
    return advice->advice().request_id();
  }
  const auto* closed = TryAs<v1::SpecialistRequestClosed>(*input.event.payload);
  return closed == nullptr ? std::nullopt : std::optional(closed->request_id());
}

TimerSpec SpecialistAdvice(const Policy& policy) {
  TimerSpec timer = Reporting<v1::SpecialistAdviceOverdue>("T11", "Chase the specialist", {});
  timer.starts_on = {TypeOf<v1::SpecialistRequested>()};
  timer.stops_on = {TypeOf<v1::SpecialistAdviceReceived>(), TypeOf<v1::SpecialistRequestClosed>(),
                    TypeOf<v1::SenSupportEnded>()};
  timer.due = absl::StrCat("request + ", SchoolDays(policy.days.specialist_advice));
  timer.subject = SpecialistRequestOf;
  timer.start = [&policy](const TimerInput& input) {
    Deadline deadline = SchoolDaysAfter("T11", {"SpecialistRequested", input.event.occurred_on},
                                        policy.days.specialist_advice, CalendarOf(input, policy));
    deadline.subject = *SpecialistRequestOf(input);
    return Deadlines{std::move(deadline)};
  };
  timer.fire = [](const Deadline& deadline, const core::State&) {
    v1::SpecialistAdviceOverdue event;
    event.set_due_on(FormatDate(deadline.due_on));
    event.set_request_id(deadline.subject);
    for (const std::string& role : SencoRoles()) event.add_to(role);
    return codec::MakePayload(std::move(event));
  };
  return timer;
}

// ---- T12: the profile is looked at each year, and before a transition.

Deadlines ProfileDue(const TimerInput& input, const Policy& policy) {
  const Date on = input.event.occurred_on;
  const auto* transition = TryAs<v1::TransitionPlanned>(*input.event.payload);
  if (transition == nullptr) {
    return {DaysAfter("T12", {"profile", on}, policy.days.profile_refresh_days)};
  }
  const Date expected = DateFrom(transition->transition().expected_on(), on);
  for (const auto& [key, running] : input.state.deadlines) {
    const Deadline& deadline = running.deadline;
    if (deadline.timer == "T12" && deadline.due_on <= expected) return {deadline};
  }
  return {DueOn("T12", expected, absl::StrCat("transition expected on ", FormatDate(expected)))};
}

TimerSpec ProfileRefresh(const Policy& policy) {
  auto timer =
      Reporting<v1::ProfileRefreshDue>("T12", "Refresh the one-page profile", TeachingRoles());
  timer.starts_on = {TypeOf<v1::OnePageProfileCreated>(), TypeOf<v1::OnePageProfileUpdated>(),
                     TypeOf<v1::TransitionPlanned>()};
  timer.stops_on = {TypeOf<v1::SenSupportEnded>()};
  timer.due = absl::StrCat("profile + ", policy.days.profile_refresh_days,
                           " days, or the date of a transition");
  timer.start = [&policy](const TimerInput& input) { return ProfileDue(input, policy); };
  timer.starts = [](const TimerInput& input) {
    return TryAs<v1::TransitionPlanned>(*input.event.payload) == nullptr ||
           CaseOf(input.state).has_profile();
  };
  return timer;
}

// ---- T13: the authority decides.

// Each request has its own days; a decision is about all of them.
std::optional<std::string> EhcRequestOf(const TimerInput& input) {
  if (TryAs<v1::EhcAssessmentRequested>(*input.event.payload) == nullptr) return std::nullopt;
  return FormatDate(input.event.occurred_on);
}

Deadline EhcDeadline(Date requested, int days) {
  Deadline deadline = DaysAfter("T13", {"EhcAssessmentRequested", requested}, days);
  deadline.subject = FormatDate(requested);
  deadline.level = static_cast<std::uint32_t>(days);
  return deadline;
}

// A "yes" leaves the date of the final plan.
Deadlines EhcDeadlines(const TimerInput& input, const Policy& policy) {
  if (TryAs<v1::EhcAssessmentRequested>(*input.event.payload) != nullptr) {
    return {EhcDeadline(input.event.occurred_on, policy.days.ehc_assess_days),
            EhcDeadline(input.event.occurred_on, policy.days.ehc_plan_days)};
  }
  const Date requested = DateFrom(CaseOf(input.state).ehc_requested_on(), input.event.occurred_on);
  return {EhcDeadline(requested, policy.days.ehc_plan_days)};
}

TimerSpec EhcDecisionDue(const Policy& policy) {
  TimerSpec timer;
  timer.id = "T13";
  timer.title = "EHC decision";
  timer.starts_on = {TypeOf<v1::EhcAssessmentRequested>(), TypeOf<v1::EhcDecisionRecorded>()};
  timer.stops_on = {TypeOf<v1::EhcDecisionRecorded>(), TypeOf<v1::EhcPlanIssued>()};
  timer.due = absl::StrCat("request + ", policy.days.ehc_assess_days, " days (assess?), + ",
                           policy.days.ehc_plan_days, " days (final plan)");
  timer.emits = TypeOf<v1::EhcDecisionOverdue>();
  timer.subject = EhcRequestOf;
  timer.start = [&policy](const TimerInput& input) { return EhcDeadlines(input, policy); };
  timer.starts = [](const TimerInput& input) {
    const auto* decided = TryAs<v1::EhcDecisionRecorded>(*input.event.payload);
    return decided == nullptr || decided->ehc_decision().decision() == v1::EHC_DECISION_ASSESS ||
           decided->ehc_decision().decision() == v1::EHC_DECISION_ISSUE;
  };
  timer.fire = [](const Deadline& deadline, const core::State&) {
    v1::EhcDecisionOverdue event;
    event.set_due_on(FormatDate(deadline.due_on));
    event.set_days(deadline.level);
    for (const std::string& role : Authority()) event.add_to(role);
    return codec::MakePayload(std::move(event));
  };
  return timer;
}

// ---- T14, T15: the file goes to the next setting, and to whoever has a right to it.

TimerSpec SendFile(const Policy& policy) {
  auto timer = Reporting<v1::TransferOverdue>("T14", "Send the child's file", SencoRoles());
  timer.starts_on = {TypeOf<v1::ChildTransferredOut>()};
  timer.stops_on = {TypeOf<v1::TransferPackageSent>(), TypeOf<v1::ChildTransferredIn>()};
  timer.due = absl::StrCat("leaving + ", SchoolDays(policy.days.transfer_package));
  timer.start = [&policy](const TimerInput& input) {
    return Deadlines{SchoolDaysAfter("T14", {"ChildTransferredOut", input.event.occurred_on},
                                     policy.days.transfer_package, CalendarOf(input, policy))};
  };
  return timer;
}

// Whose request of which kind.
std::optional<std::string> DisclosureOf(const TimerInput& input) {
  if (const auto* asked = TryAs<v1::DisclosureRequested>(*input.event.payload)) {
    return absl::StrCat(asked->request().kind(), "-", asked->request().requester().person_id());
  }
  const auto* made = TryAs<v1::DisclosureMade>(*input.event.payload);
  if (made == nullptr) return std::nullopt;
  return absl::StrCat(made->disclosure().kind(), "-", made->disclosure().requester().person_id());
}

Deadlines DisclosureDue(const TimerInput& input, const Policy& policy) {
  const Date on = input.event.occurred_on;
  const auto& request = As<v1::DisclosureRequested>(*input.event.payload).request();
  Deadline deadline;
  if (request.kind() == v1::DISCLOSURE_KIND_SUBJECT_ACCESS) {
    const int months = policy.days.subject_access_months;
    deadline = DueOn("T15", AddMonths(on, months),
                     absl::StrCat("request ", FormatDate(on), " + ", months, " month"));
  } else if (request.kind() == v1::DISCLOSURE_KIND_EDUCATIONAL_RECORD) {
    deadline = SchoolDaysAfter("T15", {"request", on}, policy.days.educational_record,
                               CalendarOf(input, policy));
  } else {
    return {};
  }
  deadline.subject = *DisclosureOf(input);
  return {std::move(deadline)};
}

TimerSpec Disclosure(const Policy& policy) {
  TimerNames to = SencoRoles();
  to.emplace_back("head");
  auto timer = Reporting<v1::DisclosureOverdue>("T15", "Disclose the record", to);
  timer.starts_on = {TypeOf<v1::DisclosureRequested>()};
  timer.stops_on = {TypeOf<v1::DisclosureMade>()};
  timer.due = absl::StrCat("subject access: 1 month; educational record: ",
                           SchoolDays(policy.days.educational_record));
  timer.subject = DisclosureOf;
  timer.start = [&policy](const TimerInput& input) { return DisclosureDue(input, policy); };
  // Asking again does not put off the first date.
  timer.starts = [](const TimerInput& input) {
    return std::ranges::none_of(input.state.deadlines, [&](const auto& entry) {
      return entry.second.deadline.timer == "T15" &&
             entry.second.deadline.subject == *DisclosureOf(input);
    });
  };
  return timer;
}

// ---- T16: the yearly report.

TimerSpec AnnualReport(const Policy& policy) {
  auto timer = Reporting<v1::AnnualReportDue>("T16", "Annual report", TeachingRoles());
  timer.starts_on = {TypeOf<v1::SenSupportStarted>(), TypeOf<v1::AnnualReportIssued>()};
  timer.stops_on = {TypeOf<v1::SenSupportEnded>()};
  timer.due = absl::StrCat("start of SEN Support, or the last report, + ",
                           policy.days.annual_report_days, " days");
  timer.start = [&policy](const TimerInput& input) {
    const bool starts = TryAs<v1::SenSupportStarted>(*input.event.payload) != nullptr;
    return Deadlines{DaysAfter(
        "T16", {starts ? "SenSupportStarted" : "AnnualReportIssued", input.event.occurred_on},
        policy.days.annual_report_days)};
  };
  timer.starts = [](const TimerInput& input) {
    return TryAs<v1::SenSupportStarted>(*input.event.payload) != nullptr ||
           CaseOf(input.state).provision() == v1::PROVISION_SEN_SUPPORT;
  };
  return timer;
}

// ---- T17, T18: by the date of birth.

// Of the registration, as it is after the event. Nullopt: not readable.
std::optional<Date> BornOn(const TimerInput& input) {
  if (const auto* registered = TryAs<v1::ChildRegistered>(*input.event.payload)) {
    return ParseDate(registered->registration().date_of_birth());
  }
  if (const auto* corrected = TryAs<v1::RecordCorrected>(*input.event.payload)) {
    return ParseDate(corrected->correction().new_value());
  }
  return ParseDate(CaseOf(input.state).date_of_birth());
}

bool BirthIsSaid(const TimerInput& input) {
  const auto* corrected = TryAs<v1::RecordCorrected>(*input.event.payload);
  return corrected == nullptr || corrected->correction().field() == "registration.date_of_birth";
}

// Nobody has to do anything: it happens, and is over.
Deadline Happening(Deadline deadline) {
  deadline.reminder = true;
  return deadline;
}

TimerSpec DecisionRights() {
  TimerNames to = SencoRoles();
  to.emplace_back("young-person");
  auto timer =
      Reporting<v1::DecisionRightsTransferred>("T17", "Decisions become the young person's", to);
  timer.fire = [to](const Deadline& deadline, const core::State&) {
    v1::DecisionRightsTransferred event;
    event.set_due_on(FormatDate(deadline.due_on));
    for (const std::string& role : to) {
      event.add_to(role);
      event.add_informed(role);
    }
    for (const char* role : {"parent", "carer"}) event.add_informed(role);
    return codec::MakePayload(std::move(event));
  };
  timer.starts_on = {TypeOf<v1::ChildRegistered>(), TypeOf<v1::RecordCorrected>()};
  timer.due = "the day after the last Friday of June of the school year of the 16th birthday";
  timer.starts = BirthIsSaid;
  timer.start = [](const TimerInput& input) {
    const std::optional<Date> born = BornOn(input);
    if (!born) return Deadlines();
    const Date ends = CompulsorySchoolAgeEnds(*born);
    return Deadlines{Happening(
        DueOn("T17", ends + 1, absl::StrCat("compulsory school age ends on ", FormatDate(ends))))};
  };
  return timer;
}

TimerSpec Retention(const Policy& policy) {
  TimerNames to = SencoRoles();
  to.emplace_back("la-send-officer");
  auto timer = Reporting<v1::RetentionReached>("T18", "Retention ends", to);
  timer.starts_on = {TypeOf<v1::ChildRegistered>(), TypeOf<v1::RecordCorrected>(),
                     TypeOf<v1::HoldLifted>()};
  timer.stops_on = {TypeOf<v1::HoldPlaced>()};
  timer.due = absl::StrCat("birth + ", policy.days.retention_years, " years, while no hold stands");
  timer.starts = [](const TimerInput& input) {
    const auto& holds = CaseOf(input.state).holds();
    const auto* lifted = TryAs<v1::HoldLifted>(*input.event.payload);
    if (lifted == nullptr) return holds.empty() && BirthIsSaid(input);
    return holds.size() == 1 && HoldsStand(CaseOf(input.state), lifted->kind());
  };
  timer.start = [&policy](const TimerInput& input) {
    const std::optional<Date> born = BornOn(input);
    if (!born) return Deadlines();
    const int years = policy.days.retention_years;
    Deadline deadline =
        DueOn("T18", BirthdayOf(*born, years), absl::StrCat("birth + ", years, " years"));
    // A hold was lifted after the date: it is reported the next day.
    deadline.fires_on = std::max(deadline.fires_on, input.context.today + 1);
    return Deadlines{std::move(deadline)};
  };
  return timer;
}

// ---- T20: some time after the end.

TimerSpec ExitMonitoring() {
  auto timer = Reporting<v1::ExitMonitoringDue>("T20", "Look again after the end", SencoRoles());
  timer.starts_on = {TypeOf<v1::SenSupportEnded>()};
  timer.stops_on = {TypeOf<v1::ExitMonitoringReviewed>(), TypeOf<v1::ConcernRaised>(),
                    TypeOf<v1::SenSupportStarted>()};
  timer.due = "exitMonitoring.until";
  timer.starts = [](const TimerInput& input) {
    const auto& end = As<v1::SenSupportEnded>(*input.event.payload).end();
    return end.reason() == v1::END_REASON_NEEDS_MET && !end.exit_monitoring_until().empty();
  };
  timer.start = [](const TimerInput& input) {
    const auto& end = As<v1::SenSupportEnded>(*input.event.payload).end();
    const Date until = DateFrom(end.exit_monitoring_until(), input.event.occurred_on);
    return Deadlines{DueOn("T20", until, absl::StrCat("exitMonitoring until ", FormatDate(until)))};
  };
  return timer;
}

TimerSpec InformationReport(const Policy& policy) {
  TimerNames to = SencoRoles();
  to.emplace_back("head");
  TimerSpec timer = Reporting<v1::InformationReportDue>("T19", "SEN information report", to);
  timer.starts_on = {TypeOf<v1::SenInformationReportPublished>()};
  timer.due = absl::StrCat("publication + ", policy.days.information_report_days, " days");
  timer.start = [&policy](const TimerInput& input) {
    const auto& report = As<v1::SenInformationReportPublished>(*input.event.payload).report();
    const Date published = DateFrom(report.published_on(), input.event.occurred_on);
    return Deadlines{
        DaysAfter("T19", {"publishedOn", published}, policy.days.information_report_days)};
  };
  return timer;
}

}  // namespace

std::vector<TimerSpec> LaterTimers(const Policy& policy) {
  std::vector<TimerSpec> timers = {
      ParentMeetings(policy),    SpecialistAdvice(policy), ProfileRefresh(policy),
      EhcDecisionDue(policy),    SendFile(policy),         Disclosure(policy),
      AnnualReport(policy),      DecisionRights(),         Retention(policy),
      InformationReport(policy), ExitMonitoring()};
  return timers;
}

}  // namespace apdr::sen
