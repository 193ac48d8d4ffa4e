#include "services/subscription/request_check.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/characters.h"
#include "engine/base/code.h"
#include "services/query/access.h"

namespace apdr::subscription {
namespace {

using error::v1::ErrorCode;
using google::protobuf::RepeatedPtrField;
using query::InvalidField;

constexpr std::size_t kNameMax = 63;
constexpr int kFilterEntriesMax = 1000;
constexpr std::uint32_t kInFlightMax = 1000;
constexpr std::uint32_t kAttemptsMax = 100;
constexpr std::int64_t kAckTimeoutSecondsMax = 3600;
constexpr std::size_t kReasonMin = 10;
constexpr std::size_t kReasonMax = 500;

bool IsName(std::string_view text) {
  return text.size() <= kNameMax && text.front() != '-' && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

std::optional<host::ErrorReply> CheckFilter(const v1::EventFilter& filter,
                                            const core::Workflow& workflow) {
  const auto has_too_many = [](const RepeatedPtrField<std::string>& list) {
    return list.size() > kFilterEntriesMax;
  };
  if (has_too_many(filter.event_types()) || has_too_many(filter.setting_ids()) ||
      has_too_many(filter.authority_ids())) {
    return InvalidField("filter", absl::StrCat("must have at most ", kFilterEntriesMax,
                                               " entries in each of its lists"));
  }
  for (const std::string& type : filter.event_types()) {
    if (workflow.HasEvent(type)) continue;
    return host::MakeError(
        error::v1::ERROR_CODE_EVENT_TYPE_UNKNOWN,
        absl::StrCat("Expected to filter by event type, but '", type, "' is not declared."),
        {{"event_type", type}});
  }
  if (!std::ranges::all_of(filter.setting_ids(), IsCode)) {
    return InvalidField("filter.setting_ids", "must hold codes such as URN:199001");
  }
  if (!std::ranges::all_of(filter.authority_ids(), IsCode)) {
    return InvalidField("filter.authority_ids", "must hold codes such as 801");
  }
  return std::nullopt;
}

std::optional<host::ErrorReply> CheckStartPosition(const v1::ShardPosition& start,
                                                   const eventstore::EventStore& store) {
  const std::string shard = absl::StrCat(start.shard());
  if (start.shard() >= store.shard_count()) {
    return host::MakeError(
        error::v1::ERROR_CODE_SHARD_UNKNOWN,
        absl::StrCat("Expected to start in shard ", shard, ", but the store has shards 0 to ",
                     store.shard_count() - 1, "."),
        {{"shard", shard}, {"shard_count", absl::StrCat(store.shard_count())}});
  }
  const Position head = store.DurableHead(Shard(start.shard()));
  if (Position(start.position()) <= head) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_POSITION_UNKNOWN,
                         absl::StrCat("Expected to start in shard ", shard, " after position ",
                                      start.position(), ", but it ends at ", head.value(), "."),
                         {{"shard", shard},
                          {"after_position", absl::StrCat(start.position())},
                          {"position", absl::StrCat(head.value())}});
}

std::optional<host::ErrorReply> CheckStart(const v1::Subscription& subscription,
                                           const eventstore::EventStore& store) {
  if (subscription.start_from() == v1::START_FROM_UNSPECIFIED) return RequiredField("start_from");
  if (!v1::StartFrom_IsValid(subscription.start_from())) {
    return UnknownEnum("start_from", subscription.start_from());
  }
  if (subscription.start_from() != v1::START_FROM_POSITIONS &&
      !subscription.start_positions().empty()) {
    return InvalidField("start_positions", "must be empty unless start_from is POSITIONS");
  }
  std::set<std::uint32_t> shards;
  for (const v1::ShardPosition& start : subscription.start_positions()) {
    if (auto error = CheckStartPosition(start, store)) return error;
    if (!shards.insert(start.shard()).second) {
      return InvalidField("start_positions", "must name a shard only once");
    }
  }
  return std::nullopt;
}

std::optional<host::ErrorReply> CheckLimits(const v1::Subscription& subscription) {
  if (subscription.in_flight_max() > kInFlightMax) {
    return InvalidField("in_flight_max", absl::StrCat("must be 1 to ", kInFlightMax));
  }
  if (subscription.attempts_max() > kAttemptsMax) {
    return InvalidField("attempts_max", absl::StrCat("must be 1 to ", kAttemptsMax));
  }
  if (!subscription.has_ack_timeout()) return std::nullopt;
  const auto& timeout = subscription.ack_timeout();
  if (timeout.seconds() < 1 || timeout.seconds() > kAckTimeoutSecondsMax || timeout.nanos() != 0) {
    return InvalidField("ack_timeout",
                        absl::StrCat("must be 1 to ", kAckTimeoutSecondsMax, " whole seconds"));
  }
  return std::nullopt;
}

}  // namespace

std::optional<host::ErrorReply> CheckName(std::string_view name) {
  if (name.empty()) return RequiredField("name");
  if (IsName(name)) return std::nullopt;
  return InvalidField("name", "must be 1 to 63 of a-z 0-9 - . and start with a letter or digit");
}

std::optional<host::ErrorReply> CheckSubscription(const v1::Subscription& subscription,
                                                  const core::Workflow& workflow,
                                                  const eventstore::EventStore& store) {
  if (auto error = CheckName(subscription.name())) return error;
  if (subscription.has_created_time() || !subscription.created_by().empty()) {
    return InvalidField("created_time", "and created_by are set by the server: leave them out");
  }
  if (auto error = CheckFilter(subscription.filter(), workflow)) return error;
  if (auto error = CheckStart(subscription, store)) return error;
  return CheckLimits(subscription);
}

std::optional<host::ErrorReply> CheckSelected(const Selected& selected) {
  const auto& [events, all, has_after] = selected;
  if (events == 0 && !all) return RequiredField("events");
  if (events > 0 && all) return InvalidField("all", "must be false where events are named");
  if (events > kSelectedMax) {
    return InvalidField("events", absl::StrCat("must name at most ", kSelectedMax));
  }
  if (has_after && !all) return InvalidField("after", "must be given only with all");
  return std::nullopt;
}

std::optional<host::ErrorReply> CheckReason(std::string_view reason) {
  if (reason.empty()) return RequiredField("reason");
  const std::size_t characters = CharactersIn(reason);
  if (characters >= kReasonMin && characters <= kReasonMax) return std::nullopt;
  return InvalidField("reason",
                      absl::StrCat("must have ", kReasonMin, " to ", kReasonMax, " characters"));
}

host::ErrorReply RequiredField(std::string_view field) {
  return host::MakeError(
      error::v1::ERROR_CODE_FIELD_REQUIRED,
      absl::StrCat("Expected to read the request, but ", std::string(field), " is not given."),
      {{"field", std::string(field)}});
}

host::ErrorReply UnknownEnum(std::string_view field, int value) {
  return host::MakeError(error::v1::ERROR_CODE_ENUM_UNKNOWN,
                         absl::StrCat("Expected to read the request, but ", std::string(field),
                                      " has no value ", value, "."),
                         {{"field", std::string(field)}});
}

host::ErrorReply UnknownSubscription(std::string_view name) {
  return host::MakeError(error::v1::ERROR_CODE_SUBSCRIPTION_UNKNOWN,
                         absl::StrCat("Expected to find subscription '", std::string(name),
                                      "', but the tenant has none of this name."),
                         {{"subscription", std::string(name)}});
}

}  // namespace apdr::subscription
