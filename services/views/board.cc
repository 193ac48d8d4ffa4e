#include "services/views/board.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "services/query/access.h"
#include "services/views/child_name.h"

namespace apdr::views {
namespace {

using sen::state::v1::BoardDoc;
using sen::v1::BoardRow;
using sen::v1::ListBoardRequest;
using sen::v1::ListBoardResponse;

constexpr char kName[] = "board";
// In place of a date; comes after every date.
constexpr char kUndated[] = "undated";

void Fold(const Happened& happened, BoardDoc& doc) {
  FoldName(happened, *doc.mutable_child());
  if (happened.As<sen::v1::AssessmentStarted>() != nullptr) doc.set_child_voice(false);
  if (happened.As<sen::v1::ChildViewsRecorded>() != nullptr) doc.set_child_voice(true);
  const auto* review = happened.As<sen::v1::ReviewHeld>();
  if (review != nullptr && !review->review().child_views().empty()) doc.set_child_voice(true);
}

// Where nothing has begun, or all is done, only a date calls for somebody.
bool IsOnBoard(const Standing& standing) {
  if (!standing.IsOpen()) return false;
  const std::string& stage = standing.view.stage();
  if (stage != "none" && stage != "ended") return true;
  return !standing.view.next_actions().empty() && !standing.view.next_actions(0).due_on().empty();
}

void Rows(const Standing& standing, const BoardDoc& doc, RowCollector& rows) {
  if (!IsOnBoard(standing)) return;
  const query::v1::CaseView& view = standing.view;
  BoardRow row;
  row.set_case_id(view.case_id());
  PutName(doc.child(), row);
  row.set_setting_id(view.setting_id());
  row.set_stage(view.stage());
  row.set_stage_title(view.stage_title());
  row.set_cycle(view.cycle());
  row.set_provision(standing.record.provision());
  if (standing.record.has_responsible_teacher()) {
    *row.mutable_responsible_teacher() = standing.record.responsible_teacher();
  }
  if (!view.next_actions().empty()) {  // Dated ones first, earliest first.
    const event::v1::NextAction& action = view.next_actions(0);
    row.set_next_action(action.title());
    *row.mutable_roles() = action.roles();
    row.set_due_on(action.due_on());
  }
  row.set_review_on(standing.record.plan().review_on());
  row.set_child_voice(doc.child_voice());
  row.set_stale(view.stale());
  rows.Add({row.setting_id(), row.due_on().empty() ? kUndated : row.due_on(), row.case_id()}, row);
}

void MarkOverdue(BoardRow& row, Date today) {
  const std::optional<Date> due_on = ParseDate(row.due_on());
  if (due_on && *due_on < today) {
    row.set_days_overdue(static_cast<std::uint32_t>(today - *due_on));
  }
}

bool Meets(const BoardRow& row, const ListBoardRequest& conditions) {
  if (conditions.overdue_only() && row.days_overdue() == 0) return false;
  if (!conditions.stage().empty() && conditions.stage() != row.stage()) return false;
  return conditions.teacher_id().empty() ||
         conditions.teacher_id() == row.responsible_teacher().person_id();
}

std::optional<host::ErrorReply> CheckStage(const core::Definition& definition,
                                           const std::string& stage) {
  if (stage.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const core::Stage& declared : definition.stages) {
    if (!declared.closed && &declared != &definition.stages.front()) {
      names.push_back(declared.name);
    }
  }
  if (std::ranges::find(names, stage) != names.end()) return std::nullopt;
  return query::InvalidField("stage", absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
}

}  // namespace

View BoardView() { return MakeView<BoardDoc>(kName, 1, Fold, Rows); }

query::Reply<ListBoardResponse> ListBoard(const Reading& reading, const host::Caller& caller,
                                          const ListBoardRequest& request) {
  if (auto error = query::CheckMayList(caller, "see the board")) return *std::move(error);
  if (auto error = CheckStage(reading.workflow.definition(), request.stage())) {
    return *std::move(error);
  }
  query::List list{.span = RowsAt(caller.tenant, kName, request.setting_id()),
                   .direction = readmodel::Direction::kForward,
                   .conditions = ConditionsOf("ListBoard", caller, request)};
  const Date today = reading.Today();
  if (request.overdue_only() && !request.setting_id().empty()) {  // Rows come by date.
    const std::vector<std::string> parts = {request.setting_id(), FormatDate(today)};
    list.span.end = projection::ViewKey(caller.tenant, kName, parts);
  }
  auto reply = ReadRows<BoardRow, ListBoardResponse>(
      reading, caller, list, request, [&](BoardRow& row, ListBoardResponse& response) {
        MarkOverdue(row, today);
        if (!Meets(row, request)) return false;
        if (!query::MayReadPersonalData(caller)) HideName(row);
        *response.add_rows() = std::move(row);
        return true;
      });
  if (auto* response = std::get_if<ListBoardResponse>(&reply)) {
    response->set_today(FormatDate(today));
  }
  return reply;
}

}  // namespace apdr::views
