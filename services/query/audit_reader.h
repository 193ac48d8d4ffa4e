#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apdr/query/v1/audit_service.pb.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// Answers what AuditService is asked, from the read models alone and for the caller's tenant alone.
// The order is by recorded time, then shard and position; while a shard lags behind the others, its
// events come into the list late and a page already read does not have them. Thread-safe.
class AuditReader {
 public:
  struct Parts {
    const readmodel::ReadModel& model;     // Borrowed.
    std::vector<std::string> event_types;  // Full names of all that can happen.
    std::uint32_t shard_count = 0;
  };

  explicit AuditReader(Parts parts);

  [[nodiscard]] Reply<v1::ListEventsResponse> ListEvents(
      const host::Caller& caller, const v1::ListEventsRequest& request) const;

 private:
  [[nodiscard]] Reply<std::string> FindType(const std::string& name) const;

  const Parts parts_;
};

}  // namespace apdr::query
