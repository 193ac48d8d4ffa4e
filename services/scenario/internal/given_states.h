#pragma once

#include <string>

#include "services/scenario/scenario.h"

namespace apdr::scenario {

// "plan stage", "assess, no child's views", "case closed": a state of the case, which its setup
// reaches on the day before the first step. False, with nothing changed: it names none.
[[nodiscard]] bool ReadState(const std::string& words, int line, Script& script);

}  // namespace apdr::scenario
