#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>

#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "services/client/connection.h"

namespace apdr::client {

struct ConsumeOptions {
  std::string subscription;
  std::string member_id;
  bool until_caught_up = false;  // End once everything there is has been acknowledged.
};

// Takes part in a subscription: hands over each delivery and acknowledges what was taken. Returns,
// with an OK failure, when it has caught up, if asked to, or when `take` answers that it could not
// take one: nothing of that message is acknowledged, so that it comes again. Else when the call
// breaks.
[[nodiscard]] Failure Consume(const std::shared_ptr<grpc::Channel>& channel,
                              const Identity& identity, const ConsumeOptions& options,
                              const std::function<bool(const subscription::v1::Delivery&)>& take);

}  // namespace apdr::client
