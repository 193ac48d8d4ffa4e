#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

#include "services/subscription/dispatcher.h"

namespace apdr::subscription {

// The gRPC face of the dispatcher (apdr.subscription.v1.DurableSubscriptionService), which it
// borrows and which has to be stepped while the service runs: every call is done by it.
[[nodiscard]] std::unique_ptr<grpc::Service> MakeDurableSubscriptionService(Dispatcher& dispatcher);

}  // namespace apdr::subscription
