#include "services/views/reading.h"

namespace apdr::views {

projection::KeySpan RowsAt(const TenantId& tenant, std::string_view view,
                           const std::string& setting_id) {
  if (setting_id.empty()) return projection::ViewRowsOf(tenant, view, {});
  return projection::ViewRowsOf(tenant, view, {&setting_id, 1});
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
