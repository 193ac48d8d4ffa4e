#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apdr/command/v1/subscription_service.pb.h"
#include "services/client/connection.h"

namespace apdr::client {

struct FollowRequest {
  std::vector<std::uint32_t> shards;
  std::uint64_t after = 0;         // In each of the shards.
  std::vector<std::string> types;  // Full names; empty: all.
  bool until_caught_up = false;    // End once every shard has been read to its end.
};

// Follows shards of the log side by side and hands over each batch, one at a time, from gRPC's
// threads; in order within a shard. Returns, with an OK failure, when all have caught up, if asked
// to, or when `on_batch` answers that it can take no more; else when a subscription breaks, with
// its failure.
[[nodiscard]] Failure Follow(
    const std::shared_ptr<grpc::Channel>& channel, const Identity& identity,
    const FollowRequest& request,
    const std::function<bool(const command::v1::SubscribeResponse&)>& on_batch);

// The shards of the store and how far each is durable.
[[nodiscard]] Failure ListShards(const std::shared_ptr<grpc::Channel>& channel,
                                 const Identity& identity,
                                 command::v1::ListShardsResponse& response);

}  // namespace apdr::client
