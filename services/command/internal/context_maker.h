#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/core/command.h"
#include "services/command/command_handler.h"
#include "services/command/internal/case_cache.h"
#include "services/command/internal/pending_requests.h"
#include "services/command/internal/state_loader.h"

namespace apdr::command {

// The name under which the store keeps a unique key of the workflow.
[[nodiscard]] RequestId ClaimOf(const std::string& key);

// Gathers what a decision may know besides its case. Owned by the decider's thread.
class ContextMaker {
 public:
  // Borrows all.
  ContextMaker(const CommandHandler::Parts& parts, const StateLoader& loader,
               const PendingRequests& pending, CaseCache& cache);

  // `state` is the case before the command, from the cache; it and all others in the cache may have
  // moved afterwards.
  [[nodiscard]] absl::StatusOr<core::Context> Make(const Request& request,
                                                   const core::State& state);

  // The keys that the command takes for its case: each once, and none that a case holds already.
  [[nodiscard]] std::vector<RequestId> NewClaims(const Request& request,
                                                 const core::Context& context) const;

 private:
  [[nodiscard]] absl::StatusOr<std::map<std::string, CaseId>> FindKeyHolders(
      const Request& request) const;
  [[nodiscard]] absl::Status ReadCases(const TenantId& tenant, const std::vector<CaseId>& ids,
                                       core::Context& context);

  const CommandHandler::Parts& parts_;
  const StateLoader& loader_;
  const PendingRequests& pending_;
  CaseCache& cache_;
};

}  // namespace apdr::command
