#include "engine/core/next_actions.h"

#include <algorithm>

namespace apdr::core {
namespace {

std::optional<Date> EarliestDue(const State& state, const std::string& timer) {
  std::optional<Date> earliest;
  if (timer.empty()) return earliest;
  for (const auto& [key, running] : state.deadlines) {
    const Deadline& deadline = running.deadline;
    if (deadline.timer == timer && (!earliest || deadline.due_on < *earliest))
      earliest = deadline.due_on;
  }
  return earliest;
}

std::vector<std::string> RolesHere(const Definition& definition, const ActionSpec& spec,
                                   const State& state) {
  std::vector<std::string> roles;
  roles.reserve(spec.roles.size());
  for (const std::string& role : spec.roles) {
    if (!definition.has_role || definition.has_role(state, role)) roles.push_back(role);
  }
  return roles;
}

bool DueEarlier(const NextAction& a, const NextAction& b) {
  if (a.due_on && b.due_on) return *a.due_on < *b.due_on;
  return a.due_on.has_value() && !b.due_on.has_value();
}

}  // namespace

std::vector<NextAction> NextActions(const Workflow& workflow, const State& state) {
  std::vector<NextAction> actions;
  actions.reserve(workflow.ActionsIn(state.stage).size());
  for (const ActionSpec* const spec : workflow.ActionsIn(state.stage)) {
    if (spec->applies && !spec->applies(state)) continue;
    actions.push_back({.spec = spec,
                       .roles = RolesHere(workflow.definition(), *spec, state),
                       .due_on = EarliestDue(state, spec->timer)});
  }
  std::ranges::stable_sort(actions, DueEarlier);
  return actions;
}

}  // namespace apdr::core
