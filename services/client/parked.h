#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "services/client/connection.h"

// The events of a subscription that failed, and what is decided about them.
namespace apdr::client {

struct ParkedEvents {
  std::vector<subscription::v1::ParkedEvent> events;
  Failure failure;  // Of the call that ended it before its end; the events came before.
};

// All of that state; UNSPECIFIED: all that are not skipped.
[[nodiscard]] ParkedEvents ListParked(const std::shared_ptr<grpc::Channel>& channel,
                                      const Identity& identity, const std::string& subscription,
                                      subscription::v1::ParkedState state);

struct ParkedDecision {
  std::string subscription;
  // Instead of places: all that are parked when it begins, and nothing that is parked meanwhile.
  bool all = false;
  std::vector<subscription::v1::ShardPosition> places;
  std::optional<std::string> skip_reason;  // None: they are delivered again.
};

// Those about which it was decided: what is not parked is passed over.
[[nodiscard]] ParkedEvents Decide(const std::shared_ptr<grpc::Channel>& channel,
                                  const Identity& identity, ParkedDecision decision);

}  // namespace apdr::client
