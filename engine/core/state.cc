#include "engine/core/state.h"

#include "absl/strings/str_cat.h"

namespace apdr::core {

std::string Deadline::Key() const {
  return absl::StrCat(timer, ":", FormatDate(due_on), ":", level);
}

State State::Clone() const {
  return State{.version = version,
               .stage = stage,
               .policy = policy,
               .deadlines = deadlines,
               .domain = domain->Clone()};
}

}  // namespace apdr::core
