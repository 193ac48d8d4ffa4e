#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/core/state.h"
#include "engine/core/workflow.h"

namespace apdr::core {

// A row of the action table that applies. Borrows the row from the workflow's definition.
struct NextAction {
  const ActionSpec* spec = nullptr;
  std::vector<std::string> roles;  // Those of the row that are found where the case is.
  std::optional<Date> due_on;

  friend bool operator==(const NextAction&, const NextAction&) = default;
};

// What should be done next, by whom and by when: the rows of the action table that apply, dated by
// the earliest running deadline of their timer. Dated ones first, earliest first; then in the order
// of the table.
[[nodiscard]] std::vector<NextAction> NextActions(const Workflow& workflow, const State& state);

}  // namespace apdr::core
