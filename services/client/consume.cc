#include "services/client/consume.h"

#include <algorithm>
#include <map>

#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"

namespace apdr::client {
namespace {

using subscription::v1::ConsumeRequest;
using subscription::v1::ConsumeResponse;
using subscription::v1::Delivery;
using subscription::v1::DurableSubscriptionService;

using Call = grpc::ClientReaderWriterInterface<ConsumeRequest, ConsumeResponse>;

// The last delivery of each shard stands for those before it.
bool Acknowledge(const subscription::v1::Deliveries& deliveries, Call& call) {
  std::map<std::uint32_t, const Delivery*> last;
  for (const Delivery& delivery : deliveries.deliveries()) {
    last[delivery.event().shard()] = &delivery;
  }
  for (const auto& [shard, delivery] : last) {
    ConsumeRequest request;
    request.mutable_acknowledge()->set_shard(shard);
    request.mutable_acknowledge()->set_generation(delivery->generation());
    request.mutable_acknowledge()->set_delivery_tag(delivery->delivery_tag());
    if (!call.Write(request)) return false;
  }
  return true;
}

}  // namespace

Failure Consume(const std::shared_ptr<grpc::Channel>& channel, const Identity& identity,
                const ConsumeOptions& options, const std::function<bool(const Delivery&)>& take) {
  grpc::ClientContext context;
  Prepare(identity, absl::InfiniteDuration(), context);
  const auto stub = DurableSubscriptionService::NewStub(channel);
  const auto call = stub->Consume(&context);
  ConsumeRequest join;
  join.mutable_join()->set_subscription(options.subscription);
  join.mutable_join()->set_member_id(options.member_id);
  bool open = call->Write(join);
  ConsumeResponse response;
  while (open && call->Read(&response)) {
    if (!std::ranges::all_of(response.deliveries().deliveries(), take)) break;
    open = Acknowledge(response.deliveries(), *call);
    if (response.has_caught_up() && options.until_caught_up) break;
  }
  call->WritesDone();
  while (call->Read(&response)) continue;
  return ReadFailure(call->Finish());
}

}  // namespace apdr::client
