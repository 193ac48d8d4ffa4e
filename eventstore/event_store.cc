#include "eventstore/event_store.h"

#include "engine/base/status_macros.h"

namespace apdr::eventstore {

absl::StatusOr<std::vector<bool>> EventStore::AreTaken(std::span<const RequestName> names) {
  std::vector<bool> taken;
  for (const auto& [tenant, id] : names) {
    APDR_ASSIGN_OR_RETURN(const std::optional<StoredCommit> found, FindRequest(tenant, id));
    taken.push_back(found.has_value());
  }
  return taken;
}

}  // namespace apdr::eventstore
