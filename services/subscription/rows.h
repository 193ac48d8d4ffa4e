#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/vocabulary.h"
#include "services/projection/rows/row_keys.h"

// Keys of the rows of subscriptions. Apart from the places of cases they are not derived data: the
// log does not know who has acknowledged what. Stored for ever; a change of the keys needs a way
// from the old ones.
namespace apdr::subscription {

struct SubscriptionId {
  TenantId tenant;
  std::string name;

  friend auto operator<=>(const SubscriptionId&, const SubscriptionId&) = default;
};

// What the rows mean, and for how many shards.
[[nodiscard]] std::string LayoutKey();
[[nodiscard]] std::string LayoutValue(std::uint32_t shard_count);

// Definitions, in order of tenant and name: v1::Subscription.
[[nodiscard]] std::string SubscriptionKey(const SubscriptionId& id);
[[nodiscard]] projection::KeySpan SubscriptionsOf(const TenantId& tenant);
[[nodiscard]] projection::KeySpan AllSubscriptions();
// Whose definition this is the key of. REQUIRES: one of AllSubscriptions().
[[nodiscard]] SubscriptionId IdOfKey(std::string_view key);

// How far each shard is: v1::ShardState.
[[nodiscard]] std::string ShardKey(const SubscriptionId& id, Shard shard);
[[nodiscard]] projection::KeySpan ShardsOf(const SubscriptionId& id);

// Held cases, in order of shard and case: v1::HeldCase.
[[nodiscard]] std::string HeldKey(const SubscriptionId& id, Shard shard, const CaseId& case_id);
[[nodiscard]] projection::KeySpan HeldOf(const SubscriptionId& id, Shard shard);
[[nodiscard]] projection::KeySpan HeldOf(const SubscriptionId& id);

// Skipped events, in order of shard and position: v1::ParkedEvent.
[[nodiscard]] std::string SkippedKey(const SubscriptionId& id, Shard shard, Position position);
[[nodiscard]] projection::KeySpan SkippedOf(const SubscriptionId& id);

// Where a case was from a position on: v1::CasePlace.
[[nodiscard]] std::string PlaceKey(const StreamId& stream, Position position);

[[nodiscard]] absl::Status DamagedRow();

// kDataLoss: the row does not read back.
template <class M>
[[nodiscard]] absl::StatusOr<M> ParseRow(std::string_view bytes) {
  M message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return DamagedRow();
  return message;
}

}  // namespace apdr::subscription
