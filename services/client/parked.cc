#include "services/client/parked.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>

#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"

namespace apdr::client {
namespace {

using subscription::v1::DurableSubscriptionService;
using subscription::v1::ShardPosition;

constexpr std::uint32_t kPageSize = 500;

// As many as one call takes.
constexpr std::size_t kDecidedAtOnce = 1000;

template <class Request, class Response>
using Method = grpc::Status (DurableSubscriptionService::Stub::*)(grpc::ClientContext*,
                                                                  const Request&, Response*);

// Makes one call and adds the events of its answer.
template <class Request, class Response>
Response Ask(DurableSubscriptionService::Stub& stub, const Identity& identity,
             Method<Request, Response> method, const Request& request, ParkedEvents& result) {
  grpc::ClientContext context;
  Prepare(identity, kCallTimeout, context);
  Response response;
  result.failure = ReadFailure((stub.*method)(&context, request, &response));
  result.events.insert(result.events.end(), response.events().begin(), response.events().end());
  return response;
}

bool IsOk(const ParkedEvents& result) { return result.failure.code == grpc::StatusCode::OK; }

std::vector<ShardPosition> PlacesOf(const std::vector<subscription::v1::ParkedEvent>& events) {
  std::vector<ShardPosition> places;
  for (const auto& event : events) {
    ShardPosition& place = places.emplace_back();
    place.set_shard(event.shard());
    place.set_position(event.position());
  }
  std::ranges::sort(places, {}, [](const ShardPosition& place) {
    return std::tuple(place.shard(), place.position());
  });
  return places;
}

// Names each place in one call. None at all: the server says that some are to be named.
template <class Request, class Response>
ParkedEvents DecideEach(DurableSubscriptionService::Stub& stub, const Identity& identity,
                        Method<Request, Response> method, Request request,
                        std::span<const ShardPosition> places) {
  ParkedEvents result;
  do {
    const auto some = places.first(std::min(kDecidedAtOnce, places.size()));
    places = places.subspan(some.size());
    request.mutable_events()->Assign(some.begin(), some.end());
    Ask(stub, identity, method, request, result);
  } while (!places.empty() && IsOk(result));
  return result;
}

}  // namespace

ParkedEvents ListParked(const std::shared_ptr<grpc::Channel>& channel, const Identity& identity,
                        const std::string& subscription, subscription::v1::ParkedState state) {
  const auto stub = DurableSubscriptionService::NewStub(channel);
  subscription::v1::ListParkedEventsRequest request;
  request.set_name(subscription);
  request.set_state(state);
  request.set_page_size(kPageSize);
  ParkedEvents result;
  do {
    request.set_page_token(
        Ask(*stub, identity, &DurableSubscriptionService::Stub::ListParkedEvents, request, result)
            .next_page_token());
  } while (!request.page_token().empty());
  return result;
}

ParkedEvents Decide(const std::shared_ptr<grpc::Channel>& channel, const Identity& identity,
                    ParkedDecision decision) {
  if (decision.all) {
    const ParkedEvents parked =
        ListParked(channel, identity, decision.subscription, subscription::v1::PARKED_STATE_PARKED);
    if (parked.events.empty() || !IsOk(parked)) return {.events = {}, .failure = parked.failure};
    decision.places = PlacesOf(parked.events);
  }
  const auto stub = DurableSubscriptionService::NewStub(channel);
  if (!decision.skip_reason) {
    subscription::v1::RetryParkedEventsRequest retry;
    retry.set_name(decision.subscription);
    return DecideEach(*stub, identity, &DurableSubscriptionService::Stub::RetryParkedEvents, retry,
                      decision.places);
  }
  subscription::v1::SkipParkedEventsRequest skip;
  skip.set_name(decision.subscription);
  skip.set_reason(*decision.skip_reason);
  return DecideEach(*stub, identity, &DurableSubscriptionService::Stub::SkipParkedEvents, skip,
                    decision.places);
}

}  // namespace apdr::client
