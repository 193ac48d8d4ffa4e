#pragma once

#include <set>
#include <string>
#include <string_view>

#include "apdr/subscription/v1/row.pb.h"
#include "apdr/subscription/v1/subscription.pb.h"

namespace apdr::subscription {

// Which events a subscription wants. A value; thread-compatible.
class EventFilter {
 public:
  explicit EventFilter(const v1::EventFilter& filter);

  // Whether an event of this type (a full name) may be wanted.
  [[nodiscard]] bool MatchesType(std::string_view type) const;
  // Whether it matters where the case is.
  [[nodiscard]] bool needs_place() const { return !settings_.empty() || !authorities_.empty(); }
  [[nodiscard]] bool MatchesPlace(const v1::CasePlace& place) const;

 private:
  // Empty: all.
  std::set<std::string, std::less<>> types_;
  std::set<std::string, std::less<>> settings_;
  std::set<std::string, std::less<>> authorities_;
};

}  // namespace apdr::subscription
