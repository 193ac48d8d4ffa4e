#include "services/projection/due_list.h"

#include <algorithm>
#include <optional>

#include "engine/base/date.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::projection {
namespace {

std::string TitleOf(const core::Definition& definition, const std::string& timer) {
  const auto found = std::ranges::find(definition.timers, timer, &core::TimerSpec::id);
  return found == definition.timers.end() ? timer : found->title;
}

query::v1::DueItem MakeItem(const core::Definition& definition, const query::v1::CaseView& view,
                            const event::v1::Deadline& deadline) {
  query::v1::DueItem item;
  item.set_case_id(view.case_id());
  item.set_timer(deadline.timer());
  item.set_title(TitleOf(definition, deadline.timer()));
  item.set_due_on(deadline.due_on());
  item.set_setting_id(view.setting_id());
  item.set_authority_id(view.authority_id());
  item.set_stage(view.stage());
  // Whoever the first action that waits for this timer is for; of those that are found where the
  // case is, while it is to be done.
  const auto next =
      std::ranges::find(view.next_actions(), deadline.timer(), &event::v1::NextAction::timer);
  if (next != view.next_actions().end()) {
    *item.mutable_roles() = next->roles();
    return item;
  }
  const auto action =
      std::ranges::find(definition.actions, deadline.timer(), &core::ActionSpec::timer);
  if (action != definition.actions.end()) {
    for (const std::string& role : action->roles) item.add_roles(role);
  }
  return item;
}

}  // namespace

std::map<std::string, std::string> ListRows(const core::Definition& definition,
                                            const TenantId& tenant,
                                            const query::v1::CaseView& view) {
  std::map<std::string, std::string> rows;
  const CaseId case_id(view.case_id());
  if (!view.setting_id().empty()) {
    rows.emplace(SettingCaseKey(tenant, view.setting_id(), case_id), view.case_id());
  }
  for (const std::string& person : view.kept_out()) {
    rows.emplace(KeptOutKey(tenant, person, case_id), view.case_id());
  }
  for (const event::v1::Deadline& deadline : view.deadlines()) {
    const std::optional<Date> due_on = ParseDate(deadline.due_on());
    if (deadline.reminder() || !due_on) continue;
    const DueKeyParts parts{.due_on = *due_on, .case_id = case_id, .timer = deadline.timer()};
    std::string key = DueKey(tenant, parts);
    if (rows.contains(key)) continue;
    const std::string row = MakeItem(definition, view, deadline).SerializeAsString();
    rows.emplace(std::move(key), row);
    if (!view.setting_id().empty()) {
      rows.emplace(SettingDueKey(tenant, view.setting_id(), parts), row);
    }
  }
  return rows;
}

}  // namespace apdr::projection
