#include "services/command/internal/waiting.h"

#include "engine/base/prefetch.h"

namespace apdr::command {

void PrefetchRequests(std::span<const WaitingPtr> all) {
  constexpr std::size_t kPayloadLines = 12;  // A parsed command, with what lies beside it.
  for (const WaitingPtr& waiting : all) PrefetchAll(*waiting);
  for (const WaitingPtr& waiting : all) {
    const Request& request = waiting->request;
    PrefetchLines(request.stream.case_id.value().data(), 1);
    PrefetchLines(request.request_id.value().data(), 1);
    PrefetchLines(request.command.payload.get(), kPayloadLines);
  }
}

}  // namespace apdr::command
