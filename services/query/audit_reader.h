#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apdr/query/v1/audit_service.pb.h"
#include "services/history/case_history.h"
#include "services/host/caller.h"
#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "services/query/page.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// What an event must be to be listed or counted; empty: no condition.
struct AuditConditions {
  std::string actor_id;
  std::string actor_role;
  std::string setting_id;
  std::string event_type;  // Full name.
  std::string occurred_from;
  std::string occurred_until;
  projection::AuditPeriod period;
  std::set<std::string> kept_back;  // Ids of cases that the caller may not read.

  [[nodiscard]] bool Meets(const projection::AuditEntry& entry) const {
    return (actor_id.empty() || actor_id == entry.actor_id) &&
           (actor_role.empty() || actor_role == entry.actor_role) &&
           (setting_id.empty() || setting_id == entry.setting_id) &&
           (event_type.empty() || event_type == entry.event_type) &&
           (occurred_from.empty() || occurred_from <= entry.occurred_on) &&
           (occurred_until.empty() || entry.occurred_on <= occurred_until) &&
           !kept_back.contains(entry.case_id.value());
  }
};

// Answers what AuditService is asked, from the read models alone and for the caller's tenant alone.
// The order is by recorded time, then shard and position; while a shard lags behind the others, its
// events come into the list late and a page already read does not have them. Thread-safe.
class AuditReader {
 public:
  struct Parts {
    const core::Workflow& workflow;  // Borrowed, as is the next.
    const readmodel::ReadModel& model;
    std::uint32_t shard_count = 0;
  };

  explicit AuditReader(Parts parts);

  [[nodiscard]] Reply<v1::ListEventsResponse> ListEvents(
      const host::Caller& caller, const v1::ListEventsRequest& request) const;
  [[nodiscard]] Reply<v1::CountEventsResponse> CountEvents(
      const host::Caller& caller, const v1::CountEventsRequest& request) const;

 private:
  struct Asked {
    AuditConditions conditions;
    List list;
  };
  [[nodiscard]] Reply<Asked> ReadRequest(const host::Caller& caller,
                                         const v1::ListEventsRequest& request,
                                         std::string_view method) const;
  [[nodiscard]] Reply<std::string> FindType(const std::string& name) const;

  const Parts parts_;
};

}  // namespace apdr::query
