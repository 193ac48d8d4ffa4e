#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "apdr/query/v1/query_service.pb.h"
#include "engine/base/clock.h"
#include "engine/base/date.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// Answers what QueryService is asked, from the read models alone and for the caller's tenant alone.
// Never waits: a position that is not reached is READ_MODEL_BEHIND. Thread-safe.
class CaseReader {
 public:
  // All borrowed. `zone` is where dates are dates: what is overdue depends on today there.
  struct Parts {
    const readmodel::ReadModel& model;
    const Clock& clock;
    absl::TimeZone zone;
    std::uint32_t shard_count = 0;
    // What the workflow calls its stages and its timers: a request that names another is refused.
    std::vector<std::string> stages;
    std::vector<std::string> timers;
  };

  explicit CaseReader(Parts parts);

  [[nodiscard]] Reply<v1::GetCaseResponse> GetCase(const host::Caller& caller,
                                                   const v1::GetCaseRequest& request) const;
  [[nodiscard]] Reply<v1::GetChronologyResponse> GetChronology(
      const host::Caller& caller, const v1::GetChronologyRequest& request) const;
  [[nodiscard]] Reply<v1::ListCasesResponse> ListCases(const host::Caller& caller,
                                                       const v1::ListCasesRequest& request) const;
  [[nodiscard]] Reply<v1::ListDueResponse> ListDue(const host::Caller& caller,
                                                   const v1::ListDueRequest& request) const;

 private:
  [[nodiscard]] Date Today() const;
  [[nodiscard]] Reply<Position> CheckReached(const StreamId& stream,
                                             std::uint64_t min_position) const;

  const Parts parts_;
};

}  // namespace apdr::query
