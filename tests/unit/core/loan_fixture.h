#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/decide.h"
#include "engine/core/evolve.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::testing {

// One loan, decided and folded without a store.
class LoanFixture {
 public:
  LoanFixture() : workflow(module), state(workflow.NewState()) {}

  core::Decision Decide(const core::Command& command, const core::Context& context) const {
    return core::Decide(workflow, state, command, context);
  }

  template <class M>
  core::Decision Decide(M message, Date on, core::Actor actor = Librarian()) const {
    return Decide(ACommand(std::move(message), on), AContext(on, std::move(actor)));
  }

  template <class M>
  std::vector<core::Obstacle> Foresee(Date on, core::Actor actor = Librarian()) const {
    return core::Foresee(workflow, state, M::descriptor()->full_name(),
                         AContext(on, std::move(actor)));
  }

  // What was decided is now so.
  std::vector<core::Event> Given(const core::Decision& decision) {
    auto events = std::get<std::vector<core::Event>>(decision);
    for (const core::Event& event : events) Evolve(workflow, state, event);
    return events;
  }

  template <class M>
  std::vector<core::Event> Given(M message, Date on) {
    return Given(Decide(std::move(message), on));
  }

  const std::string& stage() const { return workflow.StageAt(state.stage).name; }

  LibraryLoanModule module;
  core::Workflow workflow;
  core::State state;
};

inline std::string Code(const core::Decision& decision) {
  const auto* rejection = std::get_if<core::Rejection>(&decision);
  return rejection == nullptr ? "accepted" : rejection->code();
}

inline const core::Rejection& RejectionOf(const core::Decision& decision) {
  return std::get<core::Rejection>(decision);
}

inline std::vector<std::string> Types(const core::Decision& decision) {
  std::vector<std::string> types;
  for (const core::Event& event : std::get<std::vector<core::Event>>(decision)) {
    const std::string_view type = event.payload->type();
    types.emplace_back(type.substr(type.rfind('.') + 1));
  }
  return types;
}

}  // namespace apdr::testing
