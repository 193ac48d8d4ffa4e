#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "apdr/sen/v1/export_service.pb.h"
#include "engine/base/clock.h"
#include "engine/base/date.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/policy.h"
#include "services/exports/roll.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::exports {

// Answers what ExportService is asked, from the read models alone and for the caller's tenant
// alone. A list of today, without a `known_at`, is made of the folded states in the case rows;
// any other folds the history of every case, some 16,000 events for a page. Thread-safe.
class ExportReader {
 public:
  // All borrowed.
  struct Parts {
    const readmodel::ReadModel& model;
    const core::Workflow& workflow;  // REQUIRES: of SEN Support, under the policy.
    const sen::Policy& policy;
    const Clock& clock;
    std::uint32_t shard_count = 0;
  };

  explicit ExportReader(const Parts& parts);

  [[nodiscard]] query::Reply<sen::v1::ListCensusRowsResponse> ListCensusRows(
      const host::Caller& caller, const sen::v1::ListCensusRowsRequest& request) const;
  [[nodiscard]] query::Reply<sen::v1::ListAnnexARowsResponse> ListAnnexARows(
      const host::Caller& caller, const sen::v1::ListAnnexARowsRequest& request) const;
  [[nodiscard]] query::Reply<sen::v1::GetEhcEvidenceResponse> GetEhcEvidence(
      const host::Caller& caller, const sen::v1::GetEhcEvidenceRequest& request) const;

 private:
  [[nodiscard]] Date Today() const;
  [[nodiscard]] query::Reply<Date> ReadDay(std::string_view field, const std::string& text) const;
  [[nodiscard]] query::Reply<Date> ReadCensusDay(
      const sen::v1::ListCensusRowsRequest& request) const;
  [[nodiscard]] Roll MakeRoll(const host::Caller& caller, const std::string& setting_id, Date on,
                              absl::Time known_at) const;
  // Fills a page of either list; `add` takes a case that is on the roll and says whether it made a
  // row of it.
  template <class Request, class Response, class Add>
  [[nodiscard]] query::Reply<Response> ListRoll(const Roll& roll, const std::string& conditions,
                                                const Request& request, Add add) const;

  const Parts parts_;
  const RollReader roll_reader_;
};

}  // namespace apdr::exports
