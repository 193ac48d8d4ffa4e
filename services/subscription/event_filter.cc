#include "services/subscription/event_filter.h"

namespace apdr::subscription {

EventFilter::EventFilter(const v1::EventFilter& filter)
    : types_(filter.event_types().begin(), filter.event_types().end()),
      settings_(filter.setting_ids().begin(), filter.setting_ids().end()),
      authorities_(filter.authority_ids().begin(), filter.authority_ids().end()) {}

bool EventFilter::MatchesType(std::string_view type) const {
  return types_.empty() || types_.contains(type);
}

bool EventFilter::MatchesPlace(const v1::CasePlace& place) const {
  return (settings_.empty() || settings_.contains(place.setting_id())) &&
         (authorities_.empty() || authorities_.contains(place.authority_id()));
}

}  // namespace apdr::subscription
