#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/command.h"
#include "engine/core/event.h"
#include "engine/core/rejection.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"

namespace apdr::core {

// The events of an accepted command, in order; empty: it is already so and nothing needs writing.
using Decision = std::variant<std::vector<Event>, Rejection>;

// Decides a command against a case. Pure and total: the same inputs give the same decision, nothing
// is changed. Judged in this order, the first "no" wins: declared command, expected version, role,
// rules before the stage, stage, departures, then the guarding rules by class (integrity, must,
// should less departures; all broken ones of the first failing class are named). What passes is
// decided by the guest, and its deadlines follow from the timer table.
[[nodiscard]] Decision Decide(const Workflow& workflow, const State& state, const Command& command,
                              const Context& context);

// What stands in the way of a command before it says anything.
struct Obstacle {
  std::string rule_code;
  Strength strength = Strength::kMust;  // A "should" is passed by a departure.
  std::string fact;

  friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

// Why a command would be refused now, whatever it said: by its role, its stage, and the rules that
// the case alone breaks, judged as Decide judges; empty: nothing is in its way. The context's actor
// is who would send it; without a role nobody's role is judged. REQUIRES: a declared command.
[[nodiscard]] std::vector<Obstacle> Foresee(const Workflow& workflow, const State& state,
                                            std::string_view command, const Context& context);

// Decides that a running deadline has been reached: the event that reports it; empty when it no
// longer runs, has fired, or is not due at context.now. So a timer may be fired any number of times
// by any number of workers.
[[nodiscard]] std::vector<Event> DecideDeadline(const Workflow& workflow, const State& state,
                                                const std::string& deadline_key,
                                                const Context& context);

}  // namespace apdr::core
