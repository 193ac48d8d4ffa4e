#include "services/query/case_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "services/history/command_outlooks.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "services/query/access.h"
#include "services/query/list_answer.h"
#include "services/query/moment.h"
#include "services/query/page.h"
#include "services/query/reached.h"

namespace apdr::query {
namespace {

using readmodel::Row;

// Later than every date.
constexpr Date kNoLimit(2200, 1, 1);

// What a page token is bound to: the request without its page and what does not change the list.
std::string ConditionsOf(const host::Caller& caller, v1::GetChronologyRequest request) {
  request.clear_min_position();
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat("GetChronology/", caller.tenant.value(), "/", request.SerializeAsString());
}

std::string ConditionsOf(const host::Caller& caller, v1::ListCasesRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat("ListCases/", caller.tenant.value(), "/", request.SerializeAsString());
}

std::string ConditionsOf(const host::Caller& caller, v1::ListDueRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat("ListDue/", caller.tenant.value(), "/", request.SerializeAsString());
}

void MarkOverdue(v1::CaseView& view, Date today) {
  for (event::v1::NextAction& action : *view.mutable_next_actions()) {
    const std::optional<Date> due_on = ParseDate(action.due_on());
    action.set_overdue(due_on && *due_on < today);
  }
}

void MarkOverdue(v1::DueItem& item, Date today) {
  const std::optional<Date> due_on = ParseDate(item.due_on());
  if (!due_on || *due_on >= today) return;
  item.set_overdue(true);
  item.set_days_overdue(static_cast<std::uint32_t>(today - *due_on));
}

bool Meets(const v1::CaseView& view, const v1::ListCasesRequest& conditions) {
  const auto meets = [](const std::string& condition, const std::string& value) {
    return condition.empty() || condition == value;
  };
  return meets(conditions.setting_id(), view.setting_id()) &&
         meets(conditions.authority_id(), view.authority_id()) &&
         meets(conditions.stage(), view.stage());
}

bool Meets(const v1::DueItem& item, const v1::ListDueRequest& conditions) {
  if (!conditions.authority_id().empty() && conditions.authority_id() != item.authority_id())
    return false;
  return conditions.timers().empty() ||
         std::ranges::find(conditions.timers(), item.timer()) != conditions.timers().end();
}

host::ErrorReply CaseUnknown(const std::string& case_id) {
  return host::MakeError(error::v1::ERROR_CODE_CASE_UNKNOWN,
                         "Expected to read a case, but there is no such case.",
                         {{"case_id", case_id}});
}

host::ErrorReply RecordErased() {
  return host::MakeError(error::v1::ERROR_CODE_CASE_UNKNOWN,
                         "Expected to read a case, but its record has been erased.", {});
}

absl::Status RowDamaged() {
  return absl::DataLossError(
      "Expected to read a row of a read model, but it does not read back; delete the read model "
      "and let it be rebuilt.");
}

// FIELD_INVALID for a name that is none of `known`.
std::optional<host::ErrorReply> CheckName(std::string_view field, const std::string& name,
                                          const std::vector<std::string>& known) {
  if (name.empty() || std::ranges::find(known, name) != known.end()) return std::nullopt;
  return InvalidField(field, absl::StrCat("must be one of ", absl::StrJoin(known, ", ")));
}

// Without the first: no case is in it.
std::vector<std::string> StageNames(const core::Definition& definition) {
  std::vector<std::string> names;
  for (const core::Stage& stage : definition.stages) names.push_back(stage.name);
  names.erase(names.begin());
  return names;
}

bool IsPlace(const core::Definition& definition, const std::string& stage) {
  return std::ranges::any_of(definition.stages, [&](const core::Stage& declared) {
    return declared.place && declared.name == stage;
  });
}

std::vector<std::string> TimerIds(const core::Definition& definition) {
  std::vector<std::string> ids;
  for (const core::TimerSpec& timer : definition.timers) ids.push_back(timer.id);
  return ids;
}

// The first date that is no longer meant by the request.
Reply<Date> DueBefore(const v1::ListDueRequest& request, Date today) {
  Date before = kNoLimit;
  if (!request.due_until().empty()) {
    const std::optional<Date> until = ParseDate(request.due_until());
    if (!until) return InvalidField("due_until", "must be a date such as 2026-02-06");
    before = *until + 1;
  }
  return request.overdue_only() ? std::min(before, today) : before;
}

}  // namespace

CaseReader::CaseReader(const Parts& parts)
    : parts_(parts),
      stages_(StageNames(parts.workflow.definition())),
      timers_(TimerIds(parts.workflow.definition())) {}

Date CaseReader::Today() const {
  return DateOf(parts_.clock.Now(), parts_.workflow.definition().zone);
}

// The position of the case's shard, if it is as far as asked for.
Reply<Position> CaseReader::CheckReached(const StreamId& stream, std::uint64_t min_position) const {
  return query::CheckReached(parts_.model, parts_.shard_count, stream, min_position);
}

Reply<v1::GetCaseResponse> CaseReader::GetCase(const host::Caller& caller,
                                               const v1::GetCaseRequest& request) const {
  if (auto error = CheckCaseId(request.case_id())) return *std::move(error);
  const StreamId stream{caller.tenant, CaseId(request.case_id())};
  auto reached = CheckReached(stream, request.min_position());
  if (auto* error = std::get_if<host::ErrorReply>(&reached)) return std::move(*error);
  if (auto error = CheckMayRead(caller, parts_.model, stream)) return *std::move(error);
  auto moment = MomentOf(request);
  if (auto* error = std::get_if<host::ErrorReply>(&moment)) return std::move(*error);
  auto view = ReadCase(stream, std::get<history::Moment>(moment));
  if (auto* error = std::get_if<host::ErrorReply>(&view)) return std::move(*error);
  v1::GetCaseResponse response;
  *response.mutable_case_() = std::get<v1::CaseView>(std::move(view));
  response.set_as_of_position(std::get<Position>(reached).value());
  return response;
}

// The case as it is: from its row; as it was: folded again from its chronology. What is overdue is
// overdue on that day.
Reply<v1::CaseView> CaseReader::ReadCase(const StreamId& stream,
                                         const history::Moment& moment) const {
  if (moment.IsNow()) {
    const auto row = parts_.model.Get(projection::CaseKey(stream));
    if (!row.ok()) return host::FromStatus(row.status());
    if (!*row) return CaseUnknown(stream.case_id.value());
    auto view = projection::DecodeCaseView(**row);
    if (!view.ok()) return host::FromStatus(view.status());
    if (view->stale()) {  // The row is of before it was set aside.
      const auto erased = history::IsErased(parts_.model, stream);
      if (!erased.ok()) return host::FromStatus(erased.status());
      if (*erased) return RecordErased();
    }
    MarkOverdue(*view, Today());
    view->clear_kept_out();
    return *std::move(view);
  }
  auto then = history::ReadHistory(parts_.model, parts_.workflow, stream, moment);
  if (absl::IsFailedPrecondition(then.status())) return RecordErased();
  if (!then.ok()) return host::FromStatus(then.status());
  if (!*then) return CaseUnknown(stream.case_id.value());
  const Date known_on = moment.known_at == absl::InfiniteFuture()
                            ? Today()
                            : DateOf(moment.known_at, parts_.workflow.definition().zone);
  MarkOverdue((*then)->view, moment.as_at.value_or(known_on));
  (*then)->view.clear_kept_out();
  return std::move((*then)->view);
}

Reply<v1::GetChronologyResponse> CaseReader::GetChronology(
    const host::Caller& caller, const v1::GetChronologyRequest& request) const {
  if (auto error = CheckCaseId(request.case_id())) return *std::move(error);
  const StreamId stream{caller.tenant, CaseId(request.case_id())};
  const List list{.span = projection::ChronologyOf(stream),
                  .direction = readmodel::Direction::kForward,
                  .conditions = ConditionsOf(caller, request)};
  auto start = StartPage(list, {.size = request.page_size(), .token = request.page_token()});
  if (auto* error = std::get_if<host::ErrorReply>(&start)) return std::move(*error);
  auto reached = CheckReached(stream, request.min_position());
  if (auto* error = std::get_if<host::ErrorReply>(&reached)) return std::move(*error);
  if (auto error = CheckMayRead(caller, parts_.model, stream)) return *std::move(error);
  auto asked = MomentOf(request);
  if (auto* error = std::get_if<host::ErrorReply>(&asked)) return std::move(*error);
  const auto& moment = std::get<history::Moment>(asked);
  auto view = ReadCase(stream, {});
  if (auto* error = std::get_if<host::ErrorReply>(&view)) return std::move(*error);
  const auto erased = history::IsErased(parts_.model, stream);
  if (!erased.ok()) return host::FromStatus(erased.status());
  history::Corrections corrections;
  if (!*erased && !request.as_recorded()) {
    auto read = history::Corrections::Read(parts_.model, parts_.workflow, stream, moment.known_at);
    if (!read.ok()) return host::FromStatus(read.status());
    corrections = *std::move(read);
  }
  const auto kept = KeptFrom(caller, parts_.model, parts_.workflow, stream);
  if (!kept.ok()) return host::FromStatus(kept.status());

  v1::GetChronologyResponse response;
  const auto take = [&](const Row& row) -> absl::StatusOr<std::size_t> {
    event::v1::Event event;
    if (!event.ParseFromString(row.value)) {
      return absl::DataLossError("Expected to read an event, but it does not read back.");
    }
    if (!moment.Includes(event)) return std::size_t{0};
    if (*erased) history::HideContent(event);
    for (const history::CorrectedValue& value : corrections.ApplyTo(event)) {
      v1::CorrectedValue& corrected = *response.add_corrected();
      corrected.set_event_id(value.event_id);
      corrected.set_field(value.field);
      corrected.set_correction_event_id(value.correction_event_id);
    }
    if (kept->contains(event.event_id())) history::HideContent(event);
    *response.add_events() = std::move(event);
    return row.value.size();
  };
  auto next = ReadPage(parts_.model, list, std::get<PageStart>(start), take);
  if (!next.ok()) return host::FromStatus(next.status());
  response.set_next_page_token(*std::move(next));
  response.set_as_of_position(std::get<Position>(reached).value());
  return response;
}

Reply<v1::ListCommandsResponse> CaseReader::ListCommands(
    const host::Caller& caller, const v1::ListCommandsRequest& request) const {
  if (auto error = CheckCaseId(request.case_id())) return *std::move(error);
  const StreamId stream{caller.tenant, CaseId(request.case_id())};
  auto reached = CheckReached(stream, request.min_position());
  if (auto* error = std::get_if<host::ErrorReply>(&reached)) return std::move(*error);
  if (auto error = CheckMayRead(caller, parts_.model, stream)) return *std::move(error);
  auto outlooks = history::ReadCommandOutlooks(parts_.model, parts_.workflow, stream,
                                               {.id = caller.actor_id,
                                                .role = caller.role,
                                                .setting_id = caller.setting_id,
                                                .on_behalf_of = caller.on_behalf_of},
                                               parts_.clock.Now());
  if (!outlooks.ok()) return host::FromStatus(outlooks.status());
  if (!*outlooks) return CaseUnknown(request.case_id());
  v1::ListCommandsResponse response;
  for (v1::CommandOutlook& outlook : **outlooks) *response.add_commands() = std::move(outlook);
  response.set_as_of_position(std::get<Position>(reached).value());
  return response;
}

Reply<v1::ListCasesResponse> CaseReader::ListCases(const host::Caller& caller,
                                                   const v1::ListCasesRequest& request) const {
  if (auto error = CheckMayList(caller, "list cases")) return *std::move(error);
  if (auto error = CheckName("stage", request.stage(), stages_)) return *std::move(error);
  const bool by_setting = !request.setting_id().empty();
  const List list{.span = by_setting
                              ? projection::SettingCasesOf(caller.tenant, request.setting_id())
                              : projection::CasesOf(caller.tenant),
                  .direction = readmodel::Direction::kForward,
                  .conditions = ConditionsOf(caller, request)};
  const auto not_listed = CasesNotListed(caller, parts_.model);
  if (!not_listed.ok()) return host::FromStatus(not_listed.status());
  const Date today = Today();
  const auto take = [&](const Row& row,
                        v1::ListCasesResponse& response) -> absl::StatusOr<std::size_t> {
    std::optional<std::string> case_row = row.value;
    if (by_setting) {  // The row names the case; what it has become meanwhile is for Meets.
      const StreamId stream{caller.tenant, CaseId(row.value)};
      APDR_ASSIGN_OR_RETURN(case_row, parts_.model.Get(projection::CaseKey(stream)));
      if (!case_row) return std::size_t{0};
    }
    APDR_ASSIGN_OR_RETURN(v1::CaseView view, projection::DecodeCaseView(*case_row));
    // Places are no cases: only who asks for their stage is given them.
    if (request.stage().empty() && IsPlace(parts_.workflow.definition(), view.stage())) {
      return std::size_t{0};
    }
    if (!Meets(view, request) || not_listed->contains(view.case_id())) return std::size_t{0};
    MarkOverdue(view, today);
    view.clear_kept_out();
    *response.add_cases() = std::move(view);
    return case_row->size();
  };
  return AnswerList<v1::ListCasesResponse>(
      parts_.model, parts_.shard_count, list,
      {.size = request.page_size(), .token = request.page_token()}, take);
}

Reply<v1::ListDueResponse> CaseReader::ListDue(const host::Caller& caller,
                                               const v1::ListDueRequest& request) const {
  if (auto error = CheckMayList(caller, "list what is due")) return *std::move(error);
  for (const std::string& timer : request.timers()) {
    if (auto error = CheckName("timers", timer, timers_)) return *std::move(error);
  }
  const Date today = Today();
  auto before = DueBefore(request, today);
  if (auto* error = std::get_if<host::ErrorReply>(&before)) return std::move(*error);
  const Date until = std::get<Date>(before);
  const List list{
      .span = request.setting_id().empty()
                  ? projection::DueOf(caller.tenant, until)
                  : projection::SettingDueOf(caller.tenant, request.setting_id(), until),
      .direction = readmodel::Direction::kForward,
      .conditions = ConditionsOf(caller, request)};
  const auto not_listed = CasesNotListed(caller, parts_.model);
  if (!not_listed.ok()) return host::FromStatus(not_listed.status());
  const auto take = [&](const Row& row,
                        v1::ListDueResponse& response) -> absl::StatusOr<std::size_t> {
    v1::DueItem item;
    if (!item.ParseFromString(row.value)) return RowDamaged();
    if (!Meets(item, request) || not_listed->contains(item.case_id())) return std::size_t{0};
    MarkOverdue(item, today);
    *response.add_items() = std::move(item);
    return row.value.size();
  };
  return AnswerList<v1::ListDueResponse>(
      parts_.model, parts_.shard_count, list,
      {.size = request.page_size(), .token = request.page_token()}, take);
}

}  // namespace apdr::query
