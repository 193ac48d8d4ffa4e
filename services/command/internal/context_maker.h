#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/core/command.h"
#include "services/command/command_handler.h"
#include "services/command/internal/case_cache.h"
#include "services/command/internal/pending_requests.h"
#include "services/command/internal/state_loader.h"

namespace apdr::command {

// The name under which the store keeps that a case took a unique key of the workflow: its first
// taker, the next one after that gave it up, and so on from 1. The store never lets go of a name.
[[nodiscard]] RequestId ClaimOf(const std::string& key, std::uint64_t taker);

// What a decision may know besides its case.
struct Gathered {
  core::Context context;
  // Names for the keys that the command takes for its case: each once, and none for a key that a
  // case has.
  std::vector<RequestId> claims;
};

// Gathers it. Owned by the decider's thread.
class ContextMaker {
 public:
  // Borrows all.
  ContextMaker(const CommandHandler::Parts& parts, const StateLoader& loader,
               const PendingRequests& pending, CaseCache& cache);

  // `state` is the case before the command, from the cache.
  [[nodiscard]] absl::StatusOr<Gathered> Make(const Request& request, const core::State& state);

 private:
  [[nodiscard]] absl::Status FindKeyHolder(const StreamId& asker, const std::string& key,
                                           Gathered& gathered);
  // The case that took a name, if any did.
  [[nodiscard]] absl::StatusOr<std::optional<CaseId>> TakerOf(const TenantId& tenant,
                                                              const RequestId& claim) const;
  [[nodiscard]] absl::StatusOr<bool> StillHolds(const StreamId& holder, const std::string& key);
  [[nodiscard]] absl::Status ReadCases(const TenantId& tenant, const std::vector<CaseId>& ids,
                                       core::Context& context);

  const CommandHandler::Parts& parts_;
  const StateLoader& loader_;
  const PendingRequests& pending_;
  CaseCache& cache_;
};

}  // namespace apdr::command
