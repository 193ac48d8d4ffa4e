#include "engine/core/state.h"

#include "absl/strings/str_cat.h"

namespace apdr::core {

std::string Deadline::Key() const {
  std::string key = absl::StrCat(timer, ":", FormatDate(due_on), ":", level);
  if (!subject.empty()) absl::StrAppend(&key, ":", subject);
  return key;
}

State State::Clone() const {
  return State{.version = version,
               .stage = stage,
               .stages_before = stages_before,
               .policy = policy,
               .deadlines = deadlines,
               .paused = paused,
               .domain = domain->Clone()};
}

}  // namespace apdr::core
