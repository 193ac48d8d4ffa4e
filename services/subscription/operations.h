#pragma once

#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "engine/base/clock.h"
#include "engine/core/workflow.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/subscription/registry.h"

namespace apdr::subscription {

// What the unary calls do, for a caller, at a time; errors as their comments in the schema say. An
// answer counts once the registry's write has been applied. One thread.
class Operations {
 public:
  // All borrowed.
  Operations(SubscriptionRegistry& registry, const core::Workflow& workflow, const Clock& clock)
      : registry_(registry), workflow_(workflow), clock_(clock) {}

  [[nodiscard]] query::Reply<v1::CreateSubscriptionResponse> Create(
      const host::Caller& caller, const v1::CreateSubscriptionRequest& request);
  [[nodiscard]] query::Reply<v1::GetSubscriptionResponse> Get(
      const host::Caller& caller, const v1::GetSubscriptionRequest& request);
  [[nodiscard]] query::Reply<v1::ListSubscriptionsResponse> List(
      const host::Caller& caller, const v1::ListSubscriptionsRequest& request);
  [[nodiscard]] query::Reply<v1::DeleteSubscriptionResponse> Delete(
      const host::Caller& caller, const v1::DeleteSubscriptionRequest& request);
  [[nodiscard]] query::Reply<v1::ListParkedEventsResponse> ListParked(
      const host::Caller& caller, const v1::ListParkedEventsRequest& request);
  [[nodiscard]] query::Reply<v1::RetryParkedEventsResponse> Retry(
      const host::Caller& caller, const v1::RetryParkedEventsRequest& request);
  [[nodiscard]] query::Reply<v1::SkipParkedEventsResponse> Skip(
      const host::Caller& caller, const v1::SkipParkedEventsRequest& request);

 private:
  query::Reply<SubscriptionPtr> FindFor(const host::Caller& caller, const std::string& name) const;
  query::Reply<v1::CreateSubscriptionResponse> CreateNew(const SubscriptionId& id,
                                                         const host::Caller& caller,
                                                         v1::Subscription definition);
  [[nodiscard]] v1::ParkedDecision DecisionOf(const host::Caller& caller) const;

  SubscriptionRegistry& registry_;
  const core::Workflow& workflow_;
  const Clock& clock_;
};

}  // namespace apdr::subscription
