#include "services/views/indicators.h"

#include <algorithm>
#include <optional>
#include <string>

#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/escalate.pb.h"
#include "apdr/sen/v1/leave.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "apdr/sen/v1/specialist.pb.h"
#include "engine/domains/sen_support/review/meetings.h"
#include "services/query/access.h"
#include "services/views/counts.h"
#include "services/views/plan_of.h"

namespace apdr::views {
namespace {

using sen::state::v1::AwaitedSpecialist;
using sen::state::v1::ChildNow;
using sen::state::v1::DatedSessions;
using sen::state::v1::DatedValue;
using sen::state::v1::IndicatorRow;
using sen::state::v1::IndicatorsDoc;
using sen::v1::ListIndicatorsRequest;
using sen::v1::ListIndicatorsResponse;
using sen::v1::SettingIndicators;

constexpr char kName[] = "indicators";
constexpr std::size_t kMeetingsAYear = 3;  // 6.65.

IndicatorRow& AtSetting(IndicatorsDoc& doc, std::string_view setting_id) {
  for (IndicatorRow& row : *doc.mutable_settings()) {
    if (row.setting_id() == setting_id) return row;
  }
  doc.add_settings()->set_setting_id(std::string(setting_id));
  return *doc.mutable_settings()->rbegin();
}

// 0 where a date does not read back, or comes before the other.
std::uint32_t DaysBetween(const std::string& from, const std::string& to) {
  const std::optional<Date> first = ParseDate(from);
  const std::optional<Date> last = ParseDate(to);
  return first && last && *first < *last ? static_cast<std::uint32_t>(*last - *first) : 0;
}

void Put(const std::string& on, std::uint32_t value, DatedValue& dated) {
  dated.set_on(on);
  dated.set_value(value);
}

void FoldPlan(const NewPlan& plan, const Happened& happened, IndicatorsDoc& doc) {
  auto& dated = *AtSetting(doc, happened.setting_id).add_plans();
  dated.set_on(happened.on());
  dated.set_agreed(plan.agreed);
  doc.set_plan_id(plan.content->plan_id());
  doc.clear_planned();
  for (const sen::v1::PlannedProvision& provision : plan.content->provisions()) {
    auto& planned = *doc.add_planned();
    planned.set_provision_id(provision.provision_id());
    planned.set_sessions(provision.frequency().times_per_week() * provision.frequency().weeks());
  }
}

// Of the plan's provisions those that begin; without a list all of them.
void FoldSupportStart(const sen::v1::SupportStarted& started, const Happened& happened,
                      IndicatorsDoc& doc) {
  IndicatorRow& row = AtSetting(doc, happened.setting_id);
  if (!doc.support_has_started() && !doc.sen_support_started_on().empty()) {
    Put(happened.on(), DaysBetween(doc.sen_support_started_on(), happened.on()),
        *row.add_support_starts());
  }
  doc.set_support_has_started(true);
  DatedSessions& sessions = *row.add_sessions();
  sessions.set_on(happened.on());
  sessions.set_plan_id(started.plan_id());
  const auto& ids = started.provision_ids();
  for (const auto& planned : doc.planned()) {
    if (!ids.empty() && std::ranges::find(ids, planned.provision_id()) == ids.end()) continue;
    sessions.set_planned(sessions.planned() + planned.sessions());
  }
}

// Counts with the support that had started last by then.
void FoldDelivery(const std::string& on, IndicatorsDoc& doc) {
  DatedSessions* newest = nullptr;
  for (IndicatorRow& row : *doc.mutable_settings()) {
    for (DatedSessions& sessions : *row.mutable_sessions()) {
      if (sessions.on() > on) continue;
      if (newest == nullptr || newest->on() <= sessions.on()) newest = &sessions;
    }
  }
  if (newest != nullptr) newest->set_delivered(newest->delivered() + 1);
}

void FoldReview(const sen::v1::ReviewHeld& held, const Happened& happened, IndicatorsDoc& doc) {
  auto& review = *AtSetting(doc, happened.setting_id).add_reviews();
  review.set_on(happened.on());
  review.set_days_late(held.days_late());
  review.set_cycle(held.cycle());
  const auto& outcomes = held.review().outcome_evaluations();
  review.set_outcomes(static_cast<std::uint32_t>(outcomes.size()));
  review.set_achieved(static_cast<std::uint32_t>(
      std::ranges::count(outcomes, sen::v1::OUTCOME_STATUS_ACHIEVED,
                         [](const sen::v1::OutcomeEvaluation& o) { return o.status(); })));
  if (!held.review().child_views().empty()) doc.set_voice_in_cycle(true);
}

void FoldSpecialist(const Happened& happened, IndicatorsDoc& doc) {
  auto& awaited = *doc.mutable_awaited();
  const auto stop_waiting = [&](const std::string& request_id) {
    const auto found = std::ranges::find(awaited, request_id, &AwaitedSpecialist::request_id);
    std::string since;
    if (found == awaited.end()) return since;
    since = found->requested_on();
    awaited.erase(found);
    return since;
  };
  if (const auto* asked = happened.As<sen::v1::SpecialistRequested>()) {
    AwaitedSpecialist& added = *awaited.Add();
    added.set_request_id(asked->request().request_id());
    added.set_requested_on(happened.on());
  } else if (const auto* received = happened.As<sen::v1::SpecialistAdviceReceived>()) {
    const std::string since = stop_waiting(received->advice().request_id());
    const std::string& on = happened.OnOr(received->advice().received_on());
    if (since.empty()) return;
    Put(on, DaysBetween(since, on), *AtSetting(doc, happened.setting_id).add_specialist_waits());
  } else if (const auto* closed = happened.As<sen::v1::SpecialistRequestClosed>()) {
    (void)stop_waiting(closed->request_id());
  }
}

void FoldVoice(const Happened& happened, IndicatorsDoc& doc) {
  if (happened.As<sen::v1::ChildViewsRecorded>() != nullptr) doc.set_voice_in_cycle(true);
  if (happened.As<sen::v1::AssessmentStarted>() != nullptr) doc.set_voice_in_cycle(false);
  if (happened.As<sen::v1::CycleCompleted>() == nullptr) return;
  doc.set_cycles_completed(doc.cycles_completed() + 1);
  doc.set_voice_in_last_cycle(doc.voice_in_cycle());
}

void Fold(const Happened& happened, IndicatorsDoc& doc) {
  for (const event::v1::Departure& departure : happened.event.departures()) {
    auto& dated = *AtSetting(doc, happened.setting_id).add_departures();
    dated.set_on(happened.on());
    dated.set_code(departure.rule_code());
  }
  FoldVoice(happened, doc);
  FoldSpecialist(happened, doc);
  if (happened.As<sen::v1::SenSupportStarted>() != nullptr) {
    doc.set_sen_support_started_on(happened.on());
    doc.set_support_has_started(false);
    doc.set_cycles_completed(0);
  } else if (const NewPlan plan = PlanOf(happened); plan.content != nullptr) {
    FoldPlan(plan, happened, doc);
  } else if (const auto* started = happened.As<sen::v1::SupportStarted>()) {
    FoldSupportStart(*started, happened, doc);
  } else if (const auto* delivered = happened.As<sen::v1::ProvisionDelivered>()) {
    FoldDelivery(happened.OnOr(delivered->delivery().on()), doc);
  } else if (const auto* held = happened.As<sen::v1::ReviewHeld>()) {
    FoldReview(*held, happened, doc);
  } else if (happened.As<sen::v1::SenSupportEnded>() != nullptr) {
    Put(happened.on(), doc.cycles_completed(), *AtSetting(doc, happened.setting_id).add_ended());
    doc.clear_awaited();
  } else if (happened.As<sen::v1::EhcAssessmentRequested>() != nullptr) {
    Put(happened.on(), doc.cycles_completed(),
        *AtSetting(doc, happened.setting_id).add_escalated());
  }
}

ChildNow NowOf(const Standing& standing, const IndicatorsDoc& doc) {
  ChildNow now;
  now.set_on_sen_support(standing.IsOnSenSupport());
  now.set_has_plan(!standing.PlanInForce().empty());
  now.set_has_completed_cycle(doc.cycles_completed() > 0);
  now.set_voice_in_last_cycle(doc.voice_in_last_cycle());
  now.set_specialists_awaited(static_cast<std::uint32_t>(doc.awaited_size()));
  *now.mutable_meetings() = standing.record.parent_meeting_dates();
  return now;
}

void Rows(const Standing& standing, const IndicatorsDoc& doc, RowCollector& rows) {
  const std::string& here = standing.view.setting_id();
  const std::string& case_id = standing.view.case_id();
  IndicatorRow current;  // Where nothing has happened yet.
  current.set_setting_id(here);
  for (IndicatorRow row : doc.settings()) {
    row.set_case_id(case_id);
    if (row.setting_id() == here) {
      current = std::move(row);
    } else {
      rows.Add({row.setting_id(), case_id}, row);
    }
  }
  current.set_case_id(case_id);
  if (standing.IsOpen()) *current.mutable_now() = NowOf(standing, doc);
  rows.Add({here, case_id}, current);
}

// First and last date as texts, which sort as dates do.
struct Period {
  std::string from;
  std::string until;

  [[nodiscard]] bool Holds(const std::string& date) const { return from <= date && date <= until; }
};

void CountDated(const google::protobuf::RepeatedPtrField<DatedValue>& dated, const Period& period,
                ValueCounts& counts) {
  for (const DatedValue& one : dated) {
    if (period.Holds(one.on())) CountValue(counts, one.value());
  }
}

sen::v1::Share& AchievedIn(std::uint32_t cycle, SettingIndicators& indicators) {
  auto& cycles = *indicators.mutable_outcomes();
  const auto found = std::ranges::find(cycles, cycle, &sen::v1::CycleOutcomes::cycle);
  if (found != cycles.end()) return *found->mutable_achieved();
  cycles.Add()->set_cycle(cycle);
  std::ranges::sort(cycles, {}, &sen::v1::CycleOutcomes::cycle);
  return *std::ranges::find(cycles, cycle, &sen::v1::CycleOutcomes::cycle)->mutable_achieved();
}

void CountPeriod(const IndicatorRow& row, const Period& period, SettingIndicators& indicators) {
  for (const auto& review : row.reviews()) {
    if (!period.Holds(review.on())) continue;
    Add(*indicators.mutable_reviews_on_time(), review.days_late() == 0 ? 1 : 0, 1);
    CountValue(*indicators.mutable_days_late(), review.days_late());
    Add(AchievedIn(review.cycle(), indicators), review.achieved(), review.outcomes());
  }
  for (const auto& plan : row.plans()) {
    if (period.Holds(plan.on())) Add(*indicators.mutable_plans_agreed(), plan.agreed() ? 1 : 0, 1);
  }
  for (const DatedSessions& sessions : row.sessions()) {
    if (!period.Holds(sessions.on())) continue;
    Add(*indicators.mutable_sessions_delivered(), sessions.delivered(), sessions.planned());
  }
  for (const auto& departure : row.departures()) {
    if (period.Holds(departure.on())) {
      CountCode(*indicators.mutable_departures(), departure.code());
    }
  }
  CountDated(row.support_starts(), period, *indicators.mutable_days_to_support());
  CountDated(row.ended(), period, *indicators.mutable_cycles_until_ended());
  CountDated(row.escalated(), period, *indicators.mutable_cycles_until_escalated());
  CountDated(row.specialist_waits(), period, *indicators.mutable_specialist_wait_days());
}

void CountNow(const ChildNow& now, absl::civil_year_t academic_year,
              SettingIndicators& indicators) {
  indicators.set_specialists_awaited(indicators.specialists_awaited() + now.specialists_awaited());
  if (!now.on_sen_support()) return;
  Add(*indicators.mutable_without_plan(), now.has_plan() ? 0 : 1, 1);
  if (now.has_completed_cycle()) {
    Add(*indicators.mutable_child_voice(), now.voice_in_last_cycle() ? 1 : 0, 1);
  }
  const auto meetings = std::ranges::count_if(now.meetings(), [&](const std::string& text) {
    const std::optional<Date> date = ParseDate(text);
    return date && sen::AcademicYearOf(*date) == academic_year;
  });
  Add(*indicators.mutable_families_below_three_meetings(),
      static_cast<std::size_t>(meetings) < kMeetingsAYear ? 1 : 0, 1);
}

}  // namespace

View IndicatorsView() { return MakeView<IndicatorsDoc>(kName, 1, Fold, Rows); }

void Add(SettingIndicators& indicators, const SettingIndicators& more) {
  const auto add = [](sen::v1::Share* share, const sen::v1::Share& other) {
    Add(*share, other.part(), other.whole());
  };
  add(indicators.mutable_reviews_on_time(), more.reviews_on_time());
  add(indicators.mutable_plans_agreed(), more.plans_agreed());
  add(indicators.mutable_child_voice(), more.child_voice());
  add(indicators.mutable_sessions_delivered(), more.sessions_delivered());
  add(indicators.mutable_families_below_three_meetings(), more.families_below_three_meetings());
  add(indicators.mutable_without_plan(), more.without_plan());
  for (const sen::v1::CycleOutcomes& cycle : more.outcomes()) {
    Add(AchievedIn(cycle.cycle(), indicators), cycle.achieved().part(), cycle.achieved().whole());
  }
  Add(*indicators.mutable_days_late(), more.days_late());
  Add(*indicators.mutable_days_to_support(), more.days_to_support());
  Add(*indicators.mutable_cycles_until_ended(), more.cycles_until_ended());
  Add(*indicators.mutable_cycles_until_escalated(), more.cycles_until_escalated());
  Add(*indicators.mutable_specialist_wait_days(), more.specialist_wait_days());
  Add(*indicators.mutable_departures(), more.departures());
  indicators.set_specialists_awaited(indicators.specialists_awaited() + more.specialists_awaited());
}

query::Reply<ListIndicatorsResponse> ListIndicators(const Reading& reading,
                                                    const host::Caller& caller,
                                                    const ListIndicatorsRequest& request) {
  if (auto error = query::CheckMayList(caller, "see indicators")) return *std::move(error);
  if (auto error = CheckDate("from", request.from())) return *std::move(error);
  if (auto error = CheckDate("until", request.until())) return *std::move(error);
  const query::List list{.span = RowsAt(caller.tenant, kName, request.setting_id()),
                         .direction = readmodel::Direction::kForward,
                         .conditions = ConditionsOf("ListIndicators", caller, request)};
  const Date until = ParseDate(request.until()).value_or(reading.Today());
  const Period period{.from = request.from(), .until = FormatDate(until)};
  return ReadRows<IndicatorRow, ListIndicatorsResponse>(
      reading, caller, list, request,
      [&](const IndicatorRow& row, ListIndicatorsResponse& response) {
        SettingIndicators& indicators = SettingAt(*response.mutable_settings(), row.setting_id());
        CountPeriod(row, period, indicators);
        if (row.has_now()) CountNow(row.now(), sen::AcademicYearOf(until), indicators);
        return true;
      });
}

}  // namespace apdr::views
