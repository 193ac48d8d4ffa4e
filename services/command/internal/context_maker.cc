#include "services/command/internal/context_maker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace apdr::command {

// Keys start with a letter, so that no first taker's name is a later one's.
RequestId ClaimOf(const std::string& key, std::uint64_t taker) {
  return RequestId(taker == 1 ? absl::StrCat("/", key) : absl::StrCat("/", taker, "/", key));
}

ContextMaker::ContextMaker(const CommandHandler::Parts& parts, const StateLoader& loader,
                           const PendingRequests& pending, CaseCache& cache)
    : parts_(parts), loader_(loader), pending_(pending), cache_(cache) {}

absl::StatusOr<Gathered> ContextMaker::Make(const Request& request, const core::State& state) {
  // What the clock says, though it may have been set back: dates are judged by it.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(parts_.clock.Now()));
  Gathered gathered{.context = {.now = now,
                                .today = DateOf(now, parts_.workflow.definition().zone),
                                .actor = request.actor,
                                .key_holders = {},
                                .case_id = request.stream.case_id},
                    .claims = {}};
  if (request.command.payload == nullptr) return gathered;
  const core::DomainModule& module = parts_.workflow.module();
  const core::Payload& command = *request.command.payload;
  std::vector<std::string> keys = module.UniqueKeys(state, command);
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const std::string& key : keys) {
    APDR_RETURN_IF_ERROR(FindKeyHolder(request.stream, key, gathered));
  }
  core::Context& context = gathered.context;
  APDR_ASSIGN_OR_RETURN(context.events_named,
                        loader_.FindEvents(request.stream, module.EventsNamed(command)));
  APDR_RETURN_IF_ERROR(ReadCases(request.stream.tenant, module.CasesRead(state, command), context));
  return gathered;
}

// Only its last taker can have a key: whoever took it before had given it up. One decider at a time
// takes and gives up, and what it decided is in its own memory, so nobody comes in between.
absl::Status ContextMaker::FindKeyHolder(const StreamId& asker, const std::string& key,
                                         Gathered& gathered) {
  std::optional<CaseId> last;
  RequestId claim;
  for (std::uint64_t taker = 1;; ++taker) {
    claim = ClaimOf(key, taker);
    APDR_ASSIGN_OR_RETURN(std::optional<CaseId> next, TakerOf(asker.tenant, claim));
    if (!next) break;
    last = std::move(next);
  }
  bool held = last == asker.case_id;
  if (last && !held) {
    APDR_ASSIGN_OR_RETURN(held, StillHolds({asker.tenant, *last}, key));
  }
  if (held) {
    gathered.context.key_holders.emplace(key, *std::move(last));
  } else {
    gathered.claims.push_back(std::move(claim));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<CaseId>> ContextMaker::TakerOf(const TenantId& tenant,
                                                            const RequestId& claim) const {
  if (const auto* pending = pending_.Find(tenant, claim)) return pending->case_id;
  APDR_ASSIGN_OR_RETURN(const auto stored, parts_.store.FindRequest(tenant, claim));
  if (!stored) return std::nullopt;
  return stored->commit.stream.case_id;
}

// A case that does not read back keeps what it took.
absl::StatusOr<bool> ContextMaker::StillHolds(const StreamId& holder, const std::string& key) {
  const core::DomainModule& module = parts_.workflow.module();
  if (const CachedCase* cached = cache_.Find(holder)) return module.HoldsKey(cached->state, key);
  const absl::StatusOr<core::State> state = loader_.Load(holder);
  if (absl::IsDataLoss(state.status())) return true;
  if (!state.ok()) return state.status();
  return module.HoldsKey(*state, key);
}

// A case that does not read back is as if it were not there: its own commands say so, others go on.
absl::Status ContextMaker::ReadCases(const TenantId& tenant, const std::vector<CaseId>& ids,
                                     core::Context& context) {
  for (const CaseId& id : ids) {
    const StreamId stream{tenant, id};
    const CachedCase* cached = cache_.Find(stream);
    if (cached == nullptr) {
      absl::StatusOr<core::State> state = loader_.Load(stream);
      if (absl::IsDataLoss(state.status()) || absl::IsNotFound(state.status())) continue;
      if (!state.ok()) return state.status();
      cached = &cache_.Insert(stream, *std::move(state));
    }
    if (cached->state.version == CaseVersion(0)) continue;
    context.cases_read.emplace(id, &cached->state);
  }
  return absl::OkStatus();
}

}  // namespace apdr::command
