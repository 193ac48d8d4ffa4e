#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "services/command/command_handler.h"

namespace apdr::command {

Outcome ExecuteInline(CommandHandler& handler, Request request) {
  std::optional<Outcome> outcome;
  handler.Submit(std::move(request), [&outcome](Outcome result) { outcome = std::move(result); });
  while (!outcome) {
    // A failed step has answered everyone with its status.
    const bool decided = handler.decider().Step().ok();
    const bool committed = handler.committer().Step().ok();
    APDR_CHECK(outcome.has_value() || (decided && committed));
  }
  return *std::move(outcome);
}

}  // namespace apdr::command
