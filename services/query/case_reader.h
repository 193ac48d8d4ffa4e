#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apdr/query/v1/query_service.pb.h"
#include "engine/base/clock.h"
#include "engine/base/date.h"
#include "services/history/case_history.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::query {

// Answers what QueryService is asked, from the read models alone and for the caller's tenant alone.
// Never waits: a position that is not reached is READ_MODEL_BEHIND. Thread-safe.
class CaseReader {
 public:
  // All borrowed. Dates are dates in the workflow's zone: what is overdue depends on today there.
  struct Parts {
    const readmodel::ReadModel& model;
    const core::Workflow& workflow;
    const Clock& clock;
    std::uint32_t shard_count = 0;
  };

  explicit CaseReader(const Parts& parts);

  [[nodiscard]] Reply<v1::GetCaseResponse> GetCase(const host::Caller& caller,
                                                   const v1::GetCaseRequest& request) const;
  [[nodiscard]] Reply<v1::GetChronologyResponse> GetChronology(
      const host::Caller& caller, const v1::GetChronologyRequest& request) const;
  [[nodiscard]] Reply<v1::ListCommandsResponse> ListCommands(
      const host::Caller& caller, const v1::ListCommandsRequest& request) const;
  [[nodiscard]] Reply<v1::ListCasesResponse> ListCases(const host::Caller& caller,
                                                       const v1::ListCasesRequest& request) const;
  [[nodiscard]] Reply<v1::ListDueResponse> ListDue(const host::Caller& caller,
                                                   const v1::ListDueRequest& request) const;

 private:
  [[nodiscard]] Date Today() const;
  [[nodiscard]] Reply<v1::CaseView> ReadCase(const StreamId& stream,
                                             const history::Moment& moment) const;
  [[nodiscard]] Reply<Position> CheckReached(const StreamId& stream,
                                             std::uint64_t min_position) const;

  const Parts parts_;
  // What a request may name; another name is refused.
  const std::vector<std::string> stages_;
  const std::vector<std::string> timers_;
};

}  // namespace apdr::query
