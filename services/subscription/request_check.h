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

// FIELD_REQUIRED, FIELD_INVALID: neither or both of `events` and `all`, or too many.
[[nodiscard]] std::optional<host::ErrorReply> CheckSelected(int events, bool all);

// FIELD_REQUIRED, FIELD_INVALID: shorter or longer than a reason is.
[[nodiscard]] std::optional<host::ErrorReply> CheckReason(std::string_view reason);

[[nodiscard]] host::ErrorReply RequiredField(std::string_view field);
[[nodiscard]] host::ErrorReply UnknownEnum(std::string_view field, int value);
[[nodiscard]] host::ErrorReply UnknownSubscription(std::string_view name);

}  // namespace apdr::subscription
