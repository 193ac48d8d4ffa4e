#include "services/views/overview.h"

#include <map>
#include <optional>
#include <string>

#include "apdr/sen/state/v1/view_state.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/review/meetings.h"
#include "services/query/access.h"
#include "services/views/counts.h"

namespace apdr::views {
namespace {

using sen::state::v1::OverviewDoc;
using sen::state::v1::OverviewRow;
using sen::v1::ListOverviewRequest;
using sen::v1::ListOverviewResponse;
using sen::v1::SettingOverview;

constexpr char kName[] = "overview";

void Fold(const Happened& happened, OverviewDoc& doc) {
  const auto* shortfall = happened.As<sen::v1::ParentMeetingShortfall>();
  if (shortfall == nullptr) return;
  const std::optional<Date> due_on = ParseDate(shortfall->due_on());
  if (!due_on) return;
  doc.set_academic_year(static_cast<std::uint32_t>(sen::AcademicYearOf(*due_on)));
  doc.set_meetings_owed(shortfall->expected());
}

// Of each timer the earliest running deadline; a reminder is none.
void PutDue(const query::v1::CaseView& view, OverviewRow& row) {
  std::map<std::string, std::string> due;
  for (const event::v1::Deadline& deadline : view.deadlines()) {
    if (deadline.reminder()) continue;
    std::string& due_on = due.emplace(deadline.timer(), deadline.due_on()).first->second;
    if (deadline.due_on() < due_on) due_on = deadline.due_on();
  }
  for (const auto& [timer, due_on] : due) {
    sen::state::v1::TimerDue& added = *row.add_due();
    added.set_timer(timer);
    added.set_due_on(due_on);
  }
}

void Rows(const Standing& standing, const OverviewDoc& doc, RowCollector& rows) {
  if (!standing.IsOpen()) return;
  OverviewRow row;
  row.set_case_id(standing.view.case_id());
  row.set_setting_id(standing.view.setting_id());
  row.set_stage(standing.view.stage());
  row.set_provision(standing.record.provision());
  for (const sen::v1::Need& need : standing.record.needs()) row.add_needs(need.sen_type());
  PutDue(standing.view, row);
  if (standing.IsOnSenSupport()) {
    row.set_without_plan(standing.PlanInForce().empty());
    if (sen::MeetingsIn(standing.record, doc.academic_year()) < doc.meetings_owed()) {
      row.set_shortfall_year(doc.academic_year());
    }
  }
  rows.Add({row.setting_id(), row.case_id()}, row);
}

// The letter of the census.
std::string CodeOf(sen::v1::Provision provision) {
  switch (provision) {
    case sen::v1::PROVISION_SEN_SUPPORT:
      return "K";
    case sen::v1::PROVISION_EHC_PLAN:
      return "E";
    default:
      return "N";
  }
}

void Count(const OverviewRow& row, Date today, SettingOverview& overview) {
  overview.set_children(overview.children() + 1);
  CountCode(*overview.mutable_stages(), row.stage());
  CountCode(*overview.mutable_provisions(), CodeOf(row.provision()));
  for (const std::string& need : row.needs()) CountCode(*overview.mutable_needs(), need);
  bool overdue = false;
  const std::string today_text = FormatDate(today);
  for (const sen::state::v1::TimerDue& due : row.due()) {
    if (due.due_on() >= today_text) continue;  // Dates sort as their texts do.
    overdue = true;
    CountCode(*overview.mutable_overdue(), due.timer());
  }
  if (overdue) overview.set_children_overdue(overview.children_overdue() + 1);
  if (row.shortfall_year() != 0 && row.shortfall_year() == sen::AcademicYearOf(today)) {
    overview.set_meeting_shortfalls(overview.meeting_shortfalls() + 1);
  }
  if (row.without_plan()) overview.set_without_plan(overview.without_plan() + 1);
}

}  // namespace

View OverviewView() { return MakeView<OverviewDoc>(kName, 1, Fold, Rows); }

void Add(SettingOverview& overview, const SettingOverview& more) {
  overview.set_children(overview.children() + more.children());
  Add(*overview.mutable_stages(), more.stages());
  Add(*overview.mutable_provisions(), more.provisions());
  Add(*overview.mutable_needs(), more.needs());
  Add(*overview.mutable_overdue(), more.overdue());
  overview.set_children_overdue(overview.children_overdue() + more.children_overdue());
  overview.set_meeting_shortfalls(overview.meeting_shortfalls() + more.meeting_shortfalls());
  overview.set_without_plan(overview.without_plan() + more.without_plan());
}

query::Reply<ListOverviewResponse> ListOverview(const Reading& reading, const host::Caller& caller,
                                                const ListOverviewRequest& request) {
  if (auto error = query::CheckMayList(caller, "see the overview")) return *std::move(error);
  const query::List list{.span = RowsAt(caller.tenant, kName, request.setting_id()),
                         .direction = readmodel::Direction::kForward,
                         .conditions = ConditionsOf("ListOverview", caller, request)};
  const Date today = reading.Today();
  auto reply = ReadRows<OverviewRow, ListOverviewResponse>(
      reading, caller, list, request, [&](const OverviewRow& row, ListOverviewResponse& response) {
        Count(row, today, SettingAt(*response.mutable_settings(), row.setting_id()));
        return true;
      });
  if (auto* response = std::get_if<ListOverviewResponse>(&reply)) {
    response->set_today(FormatDate(today));
  }
  return reply;
}

}  // namespace apdr::views
