#include "services/subscription/operations.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/host/log.h"
#include "services/query/access.h"
#include "services/query/page.h"
#include "services/subscription/request_check.h"
#include "services/subscription/times.h"

namespace apdr::subscription {
namespace {

using query::Reply;

constexpr char kPurpose[] = "use subscriptions";

// Without what the server adds.
v1::Subscription AsAskedFor(v1::Subscription subscription) {
  subscription.clear_created_time();
  subscription.clear_created_by();
  return subscription;
}

std::vector<Position> StartsOf(const v1::Subscription& definition,
                               const eventstore::EventStore& store) {
  std::vector<Position> starts(store.shard_count());
  if (definition.start_from() == v1::START_FROM_NOW) {
    for (std::uint32_t i = 0; i < store.shard_count(); ++i) starts[i] = store.DurableHead(Shard(i));
  }
  for (const v1::ShardPosition& start : definition.start_positions()) {
    starts[start.shard()] = Position(start.position());
  }
  return starts;
}

void LogSubscription(std::string_view event, const SubscriptionId& id, const host::Caller& caller) {
  host::Log(host::LogLevel::kInfo, event,
            {{"tenant", id.tenant.value()}, {"subscription", id.name}, {"actor", caller.actor_id}});
}

template <class Request>
std::optional<host::ErrorReply> CheckSelection(const Request& request) {
  return CheckSelected(
      {.events = request.events_size(), .all = request.all(), .has_after = request.has_after()});
}

using Place = std::pair<Shard, Position>;

// All that are parked after a place, in order.
std::vector<Place> ParkedAfter(const ConsumerGroup& group, const Place& after) {
  std::vector<Place> parked;
  for (std::uint32_t i = 0; i < group.shard_count(); ++i) {
    for (const Position position : group.ledger(Shard(i)).Parked()) {
      if (const Place place(i, position); place > after) parked.push_back(place);
    }
  }
  return parked;
}

// Which of a subscription's parked events a request means; says in the response whether that is not
// all of them.
template <class Request, class Response>
std::vector<Place> SelectedBy(const Request& request, const ConsumerGroup& group,
                              Response& response) {
  std::vector<Place> selected;
  if (request.all()) {
    selected =
        ParkedAfter(group, {Shard(request.after().shard()), Position(request.after().position())});
    response.set_more(selected.size() > kSelectedMax);
    if (response.more()) selected.resize(kSelectedMax);
    return selected;
  }
  for (const v1::ShardPosition& event : request.events()) {
    if (event.shard() >= group.shard_count()) continue;
    selected.emplace_back(event.shard(), event.position());
  }
  return selected;
}

bool IsParked(const v1::ParkedEvent& event) {
  return event.state() == v1::PARKED_STATE_PARKED || event.state() == v1::PARKED_STATE_RETRYING ||
         event.state() == v1::PARKED_STATE_RELEASED;
}

// The failed event of a row of either list.
absl::StatusOr<v1::ParkedEvent> ParkedOfRow(const readmodel::Row& row, bool skipped) {
  if (skipped) return ParseRow<v1::ParkedEvent>(row.value);
  APDR_ASSIGN_OR_RETURN(v1::HeldCase held, ParseRow<v1::HeldCase>(row.value));
  return std::move(*held.mutable_event());
}

}  // namespace

Reply<SubscriptionPtr> Operations::FindFor(const host::Caller& caller,
                                           const std::string& name) const {
  if (auto error = query::CheckMayList(caller, kPurpose)) return *std::move(error);
  if (auto error = CheckName(name)) return *std::move(error);
  SubscriptionPtr found = registry_.Find({caller.tenant, name});
  if (found == nullptr) return UnknownSubscription(name);
  return found;
}

Reply<v1::CreateSubscriptionResponse> Operations::Create(
    const host::Caller& caller, const v1::CreateSubscriptionRequest& request) {
  if (auto error = query::CheckMayList(caller, kPurpose)) return *std::move(error);
  const v1::Subscription& asked = request.subscription();
  if (auto error = CheckSubscription(asked, workflow_, registry_.store())) return *std::move(error);
  const SubscriptionId id{caller.tenant, asked.name()};
  const SubscriptionPtr existing = registry_.Find(id);
  if (existing == nullptr) return CreateNew(id, caller, asked);
  if (AsAskedFor(existing->definition).SerializeAsString() != asked.SerializeAsString()) {
    return host::MakeError(error::v1::ERROR_CODE_SUBSCRIPTION_EXISTS,
                           absl::StrCat("Expected to create subscription '", id.name,
                                        "', but there is one of this name with other content."),
                           {{"subscription", id.name}});
  }
  v1::CreateSubscriptionResponse response;
  *response.mutable_status() = registry_.StatusOf(*existing);
  return response;
}

Reply<v1::CreateSubscriptionResponse> Operations::CreateNew(const SubscriptionId& id,
                                                            const host::Caller& caller,
                                                            v1::Subscription definition) {
  if (registry_.CountOf(id.tenant) >= kSubscriptionsOfTenantMax) {
    return host::MakeError(
        error::v1::ERROR_CODE_SUBSCRIPTION_LIMIT,
        absl::StrCat("Expected to create subscription '", id.name, "', but the tenant has ",
                     kSubscriptionsOfTenantMax, " already, which is the limit."),
        {{"limit", absl::StrCat(kSubscriptionsOfTenantMax)}});
  }
  const std::vector<Position> starts = StartsOf(definition, registry_.store());
  *definition.mutable_created_time() = ToTimestamp(clock_.Now());
  definition.set_created_by(caller.actor_id);
  const SubscriptionPtr created = registry_.Add(id, std::move(definition), starts);
  LogSubscription("subscription_created", id, caller);
  v1::CreateSubscriptionResponse response;
  *response.mutable_status() = registry_.StatusOf(*created);
  return response;
}

Reply<v1::GetSubscriptionResponse> Operations::Get(const host::Caller& caller,
                                                   const v1::GetSubscriptionRequest& request) {
  auto found = FindFor(caller, request.name());
  if (auto* error = std::get_if<host::ErrorReply>(&found)) return std::move(*error);
  v1::GetSubscriptionResponse response;
  *response.mutable_status() = registry_.StatusOf(*std::get<SubscriptionPtr>(found));
  return response;
}

Reply<v1::ListSubscriptionsResponse> Operations::List(const host::Caller& caller,
                                                      const v1::ListSubscriptionsRequest& request) {
  if (auto error = query::CheckMayList(caller, kPurpose)) return *std::move(error);
  const query::List list{.span = SubscriptionsOf(caller.tenant),
                         .conditions = absl::StrCat("ListSubscriptions/", caller.tenant.value())};
  auto start = query::StartPage(list, {.size = request.page_size(), .token = request.page_token()});
  if (auto* error = std::get_if<host::ErrorReply>(&start)) return std::move(*error);
  v1::ListSubscriptionsResponse response;
  const auto take = [&](const readmodel::Row& row) -> absl::StatusOr<std::size_t> {
    const SubscriptionPtr found = registry_.Find(IdOfKey(row.key));
    if (found == nullptr) return std::size_t{0};  // Deleted in this very step.
    *response.add_statuses() = registry_.StatusOf(*found);
    return response.statuses().rbegin()->ByteSizeLong();
  };
  auto next = query::ReadPage(registry_.model(), list, std::get<query::PageStart>(start), take);
  if (!next.ok()) return host::FromStatus(next.status());
  response.set_next_page_token(*std::move(next));
  return response;
}

Reply<v1::DeleteSubscriptionResponse> Operations::Delete(
    const host::Caller& caller, const v1::DeleteSubscriptionRequest& request) {
  auto found = FindFor(caller, request.name());
  if (auto* error = std::get_if<host::ErrorReply>(&found)) return std::move(*error);
  const SubscriptionPtr& subscription = std::get<SubscriptionPtr>(found);
  if (absl::Status removed = registry_.Remove(subscription); !removed.ok()) {
    return host::FromStatus(removed);
  }
  LogSubscription("subscription_deleted", subscription->id, caller);
  return v1::DeleteSubscriptionResponse();
}

Reply<v1::ListParkedEventsResponse> Operations::ListParked(
    const host::Caller& caller, const v1::ListParkedEventsRequest& request) {
  auto found = FindFor(caller, request.name());
  if (auto* error = std::get_if<host::ErrorReply>(&found)) return std::move(*error);
  if (!v1::ParkedState_IsValid(request.state())) return UnknownEnum("state", request.state());
  const SubscriptionId& id = std::get<SubscriptionPtr>(found)->id;
  const bool skipped = request.state() == v1::PARKED_STATE_SKIPPED;
  const query::List list{.span = skipped ? SkippedOf(id) : HeldOf(id),
                         .conditions = absl::StrCat("ListParkedEvents/", id.tenant.value(), "/",
                                                    id.name, "/", request.state())};
  auto start = query::StartPage(list, {.size = request.page_size(), .token = request.page_token()});
  if (auto* error = std::get_if<host::ErrorReply>(&start)) return std::move(*error);
  v1::ListParkedEventsResponse response;
  const auto take = [&](const readmodel::Row& row) -> absl::StatusOr<std::size_t> {
    APDR_ASSIGN_OR_RETURN(v1::ParkedEvent event, ParkedOfRow(row, skipped));
    const bool wanted = request.state() == v1::PARKED_STATE_UNSPECIFIED
                            ? IsParked(event)
                            : event.state() == request.state();
    if (!wanted) return std::size_t{0};
    const std::size_t size = event.ByteSizeLong();
    *response.add_events() = std::move(event);
    return size;
  };
  auto next = query::ReadPage(registry_.model(), list, std::get<query::PageStart>(start), take);
  if (!next.ok()) return host::FromStatus(next.status());
  response.set_next_page_token(*std::move(next));
  return response;
}

v1::ParkedDecision Operations::DecisionOf(const host::Caller& caller) const {
  v1::ParkedDecision decision;
  decision.set_actor_id(caller.actor_id);
  decision.set_role(caller.role);
  *decision.mutable_decided_time() = ToTimestamp(clock_.Now());
  return decision;
}

Reply<v1::RetryParkedEventsResponse> Operations::Retry(
    const host::Caller& caller, const v1::RetryParkedEventsRequest& request) {
  auto found = FindFor(caller, request.name());
  if (auto* error = std::get_if<host::ErrorReply>(&found)) return std::move(*error);
  if (auto error = CheckSelection(request)) return *std::move(error);
  LiveSubscription& subscription = *std::get<SubscriptionPtr>(found);
  const v1::ParkedDecision decision = DecisionOf(caller);
  v1::RetryParkedEventsResponse response;
  for (const auto& [shard, position] : SelectedBy(request, subscription.group, response)) {
    auto retried = subscription.group.ledger(shard).Retry(position, decision);
    if (retried) *response.add_events() = *std::move(retried);
  }
  if (!response.events().empty()) LogSubscription("parked_retried", subscription.id, caller);
  return response;
}

Reply<v1::SkipParkedEventsResponse> Operations::Skip(const host::Caller& caller,
                                                     const v1::SkipParkedEventsRequest& request) {
  auto found = FindFor(caller, request.name());
  if (auto* error = std::get_if<host::ErrorReply>(&found)) return std::move(*error);
  if (auto error = CheckSelection(request)) return *std::move(error);
  if (auto error = CheckReason(request.reason())) return *std::move(error);
  LiveSubscription& subscription = *std::get<SubscriptionPtr>(found);
  v1::ParkedDecision decision = DecisionOf(caller);
  decision.set_reason(request.reason());
  v1::SkipParkedEventsResponse response;
  for (const auto& [shard, position] : SelectedBy(request, subscription.group, response)) {
    auto skipped = subscription.group.ledger(shard).Skip(position, decision);
    if (skipped) *response.add_events() = *std::move(skipped);
  }
  if (!response.events().empty()) LogSubscription("parked_skipped", subscription.id, caller);
  return response;
}

}  // namespace apdr::subscription
