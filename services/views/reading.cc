#include "services/views/reading.h"

#include <algorithm>
#include <array>

#include "engine/base/status_macros.h"
#include "services/history/case_history.h"
#include "services/projection/projector.h"
#include "services/projection/rows/row_values.h"
#include "services/query/access.h"

namespace apdr::views {
namespace {

constexpr std::array<std::string_view, 7> kRolesWithNames = {
    "teacher", "keyworker", "tutor", "teaching-assistant", "senco", "named-person", "head"};

}  // namespace

bool MaySeeNames(const host::Caller& caller) {
  return std::ranges::find(kRolesWithNames, caller.role) != kRolesWithNames.end();
}

projection::KeySpan RowsAt(const TenantId& tenant, std::string_view view,
                           const std::string& setting_id) {
  if (setting_id.empty()) return projection::ViewRowsOf(tenant, view, {});
  return projection::ViewRowsOf(tenant, view, {&setting_id, 1});
}

absl::StatusOr<std::set<std::string>> ErasedWhileSetAside(const Reading& reading,
                                                          const TenantId& tenant) {
  const projection::KeySpan span = projection::AllSetAside();
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows,
                        reading.model.Scan({.begin = span.begin,
                                            .end = span.end,
                                            .direction = readmodel::Direction::kForward,
                                            .limit = projection::kSetAsideMax}));
  std::set<std::string> erased;
  for (const readmodel::Row& row : rows) {
    APDR_ASSIGN_OR_RETURN(const projection::SetAsideRow set_aside,
                          projection::DecodeSetAside(row.value));
    if (set_aside.stream.tenant != tenant) continue;
    APDR_ASSIGN_OR_RETURN(const bool is_erased, history::IsErased(reading.model, set_aside.stream));
    if (is_erased) erased.insert(set_aside.stream.case_id.value());
  }
  return erased;
}

std::optional<host::ErrorReply> CheckDate(std::string_view field, const std::string& text) {
  if (text.empty() || ParseDate(text)) return std::nullopt;
  return query::InvalidField(field, "must be a date such as 2026-02-06");
}

std::optional<host::ErrorReply> CheckPosition(const Reading& reading,
                                              const sen::v1::ShardPosition& wanted) {
  if (wanted.shard() >= reading.shard_count) {
    return query::InvalidField("min_position.shard",
                               absl::StrCat("must be below ", reading.shard_count));
  }
  auto reached = query::CheckReached(reading.model, Shard(wanted.shard()), wanted.position());
  if (auto* error = std::get_if<host::ErrorReply>(&reached)) return std::move(*error);
  return std::nullopt;
}

}  // namespace apdr::views
