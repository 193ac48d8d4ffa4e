#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "apdr/subscription/v1/durable_subscription_service.pb.h"

// Subscriptions as people read them. Every text ends with a line break.
namespace apdr::client {

// How a subscription stands, and each of its shards. `now` tells how old what is parked is.
[[nodiscard]] std::string RenderSubscription(const subscription::v1::SubscriptionStatus& status,
                                             absl::Time now);
// One line for each.
[[nodiscard]] std::string RenderSubscriptions(
    const std::vector<subscription::v1::SubscriptionStatus>& statuses, absl::Time now);
// One line for each; "Nothing is parked." when there is none.
[[nodiscard]] std::string RenderParked(const std::vector<subscription::v1::ParkedEvent>& events);

}  // namespace apdr::client
