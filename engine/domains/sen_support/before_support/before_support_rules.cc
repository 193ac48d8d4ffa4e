#include "absl/strings/str_cat.h"
#include "engine/domains/sen_support/before_support/before_support.h"

namespace apdr::sen {

std::optional<Breach> PreSupportMissing(const SenInput& input) {
  if (input.record.concerns_remained()) return std::nullopt;
  return Broken("no adapted teaching has been tried and reviewed with concerns remaining");
}

std::optional<Breach> ParentNotNotified(const SenInput& input) {
  const std::optional<Date> notified_on = ParseDate(input.record.parent_notified_on());
  if (notified_on && input.on() < *notified_on) {
    return Broken(absl::StrCat("the parent or young person was formally notified later, on ",
                               input.record.parent_notified_on()),
                  {{"notified_on", input.record.parent_notified_on()}});
  }
  if (input.record.parent_notified()) return std::nullopt;
  return Broken("the parent or young person has not been formally notified of SEN Support");
}

}  // namespace apdr::sen
