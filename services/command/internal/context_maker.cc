#include "services/command/internal/context_maker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::command {

RequestId ClaimOf(const std::string& key) { return RequestId(absl::StrCat("/", key)); }

ContextMaker::ContextMaker(const CommandHandler::Parts& parts, const StateLoader& loader,
                           const PendingRequests& pending, CaseCache& cache)
    : parts_(parts), loader_(loader), pending_(pending), cache_(cache) {}

absl::StatusOr<core::Context> ContextMaker::Make(const Request& request, const core::State& state) {
  // What the clock says, though it may have been set back: dates are judged by it.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(parts_.clock.Now()));
  core::Context context{.now = now,
                        .today = DateOf(now, parts_.workflow.definition().zone),
                        .actor = request.actor,
                        .key_holders = {},
                        .case_id = request.stream.case_id};
  if (request.command.payload == nullptr) return context;
  const core::DomainModule& module = parts_.workflow.module();
  const core::Payload& command = *request.command.payload;
  APDR_ASSIGN_OR_RETURN(context.key_holders, FindKeyHolders(request));
  APDR_ASSIGN_OR_RETURN(context.events_named,
                        loader_.FindEvents(request.stream, module.EventsNamed(command)));
  APDR_RETURN_IF_ERROR(ReadCases(request.stream.tenant, module.CasesRead(state, command), context));
  return context;
}

absl::StatusOr<std::map<std::string, CaseId>> ContextMaker::FindKeyHolders(
    const Request& request) const {
  std::map<std::string, CaseId> holders;
  for (const std::string& key : parts_.workflow.module().UniqueKeys(*request.command.payload)) {
    const RequestId claim = ClaimOf(key);
    if (const auto* pending = pending_.Find(request.stream.tenant, claim)) {
      holders.emplace(key, pending->case_id);
      continue;
    }
    APDR_ASSIGN_OR_RETURN(const auto stored,
                          parts_.store.FindRequest(request.stream.tenant, claim));
    if (stored) holders.emplace(key, stored->commit.stream.case_id);
  }
  return holders;
}

// First all of them into the cache, then where they are: taking one in may move the others. One
// that does not read back is as if it were not there: its own commands say so, others go on.
absl::Status ContextMaker::ReadCases(const TenantId& tenant, const std::vector<CaseId>& ids,
                                     core::Context& context) {
  for (const CaseId& id : ids) {
    const StreamId stream{tenant, id};
    if (cache_.Find(stream) != nullptr) continue;
    absl::StatusOr<core::State> state = loader_.Load(stream);
    if (absl::IsDataLoss(state.status()) || absl::IsNotFound(state.status())) continue;
    if (!state.ok()) return state.status();
    cache_.Insert(stream, *std::move(state));
  }
  for (const CaseId& id : ids) {
    const CachedCase* cached = cache_.Find({tenant, id});
    if (cached == nullptr || cached->state.version == CaseVersion(0)) continue;
    context.cases_read.emplace(id, &cached->state);
  }
  return absl::OkStatus();
}

std::vector<RequestId> ContextMaker::NewClaims(const Request& request,
                                               const core::Context& context) const {
  std::vector<RequestId> claims;
  if (request.command.payload == nullptr) return claims;
  for (const std::string& key : parts_.workflow.module().UniqueKeys(*request.command.payload)) {
    if (!context.key_holders.contains(key)) claims.push_back(ClaimOf(key));
  }
  std::ranges::sort(claims);
  claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
  return claims;
}

}  // namespace apdr::command
