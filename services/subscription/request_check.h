#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "apdr/subscription/v1/subscription.pb.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"
#include "services/host/error_reply.h"

// Whether what a caller sends can be meant. Each gives the error of the first mistake.
namespace apdr::subscription {

// Of a subscription. FIELD_REQUIRED, FIELD_INVALID.
[[nodiscard]] std::optional<host::ErrorReply> CheckName(std::string_view name);

// FIELD_REQUIRED, FIELD_INVALID, ENUM_UNKNOWN, EVENT_TYPE_UNKNOWN, SHARD_UNKNOWN, POSITION_UNKNOWN.
[[nodiscard]] std::optional<host::ErrorReply> CheckSubscription(
    const v1::Subscription& subscription, const core::Workflow& workflow,
    const eventstore::EventStore& store);

// So many parked events are decided about in one call at most. Each is answered with the decision's
// reason, and an answer must stay below the 4 MiB that gRPC's clients take unless told otherwise.
inline constexpr int kSelectedMax = 1000;
// Which parked events a request means.
struct Selected {
  int events = 0;  // How many it names.
  bool all = false;
  bool has_after = false;
};
// FIELD_REQUIRED, FIELD_INVALID: neither or both of `events` and `all`, or too many; a place to go
// on after without `all`.
[[nodiscard]] std::optional<host::ErrorReply> CheckSelected(const Selected& selected);

// FIELD_REQUIRED, FIELD_INVALID: shorter or longer than a reason is.
[[nodiscard]] std::optional<host::ErrorReply> CheckReason(std::string_view reason);

[[nodiscard]] host::ErrorReply RequiredField(std::string_view field);
[[nodiscard]] host::ErrorReply UnknownEnum(std::string_view field, int value);
[[nodiscard]] host::ErrorReply UnknownSubscription(std::string_view name);

}  // namespace apdr::subscription
