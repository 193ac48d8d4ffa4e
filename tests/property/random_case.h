#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/random.h"
#include "engine/core/decide.h"
#include "engine/core/evolve.h"
#include "engine/domains/sen_support/sen_module.h"
#include "tests/support/command_side.h"
#include "tests/support/sim_user.h"

namespace apdr::testing {

// One case on a random walk through its workflow, decided and folded without a store. A walk is a
// function of its seed.
class RandomCase {
 public:
  explicit RandomCase(std::uint64_t seed)
      : module(sen::Code2015()),
        workflow(module),
        state(workflow.NewState()),
        random_(seed),
        now_(HourOf(On("2025-09-08"), 9, workflow.definition().zone)) {}

  // The next command and what it is judged by; time goes on. Null payload: nothing is admitted.
  struct Turn {
    core::Command command;
    core::Context context;
  };
  Turn NextTurn() {
    now_ += absl::Hours(1 + random_.Next() % 60);
    const Date today = DateOf(now_, workflow.definition().zone);
    Turn turn{.command = RandomSenCommand(workflow, Loan(1), state, today, random_),
              .context = {.now = now_, .today = today, .actor = {}, .key_holders = {}}};
    if (turn.command.payload == nullptr) return turn;
    turn.context.actor = RandomActor(workflow, turn.command.payload->type(), Loan(1), random_);
    turn.command.departures = departures_;
    return turn;
  }

  // What a person does about a refusal: gives the reasons that it asked for, from then on.
  void Learn(const core::Decision& decision) {
    const auto* rejection = std::get_if<core::Rejection>(&decision);
    if (rejection == nullptr) return;
    for (const core::Violation& violation : rejection->violations) {
      if (workflow.FindRule(violation.code) == nullptr) continue;
      if (std::ranges::find(departures_, violation.code, &core::Departure::rule_code) !=
          departures_.end()) {
        continue;
      }
      departures_.push_back({violation.code, "There was no other way on that day.", ""});
    }
  }

  // The deadlines that are due.
  [[nodiscard]] std::vector<std::string> DueKeys() const {
    std::vector<std::string> keys;
    for (const auto& [key, running] : state.deadlines) {
      const absl::Time fires_at =
          HourOf(running.deadline.fires_on, core::kDeadlineHour, workflow.definition().zone);
      if (!running.fired && fires_at <= now_) keys.push_back(key);
    }
    return keys;
  }

  sen::SenModule module;
  core::Workflow workflow;
  core::State state;

 private:
  PseudoRandom random_;
  absl::Time now_;
  std::vector<core::Departure> departures_;
};

}  // namespace apdr::testing
