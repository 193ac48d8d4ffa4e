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
               .stage_before = stage_before,
               .policy = policy,
               .deadlines = deadlines,
               .domain = domain->Clone()};
}

}  // namespace apdr::core
