#include "services/subscription/registry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "services/subscription/times.h"

namespace apdr::subscription {
namespace {

constexpr std::size_t kRowsPerScan = 512;
constexpr std::uint32_t kInFlightDefault = 100;
constexpr std::uint32_t kAttemptsDefault = 5;
constexpr absl::Duration kAckTimeoutDefault = absl::Seconds(60);

LedgerLimits LimitsOf(const v1::Subscription& definition) {
  LedgerLimits limits{.in_flight_max = kInFlightDefault, .attempts_max = kAttemptsDefault};
  if (definition.in_flight_max() > 0) limits.in_flight_max = definition.in_flight_max();
  if (definition.attempts_max() > 0) limits.attempts_max = definition.attempts_max();
  return limits;
}

absl::Duration AckTimeoutOf(const v1::Subscription& definition) {
  if (!definition.has_ack_timeout()) return kAckTimeoutDefault;
  return absl::Seconds(definition.ack_timeout().seconds()) +
         absl::Nanoseconds(definition.ack_timeout().nanos());
}

SubscriptionPtr MakeLive(const SubscriptionId& id, v1::Subscription definition,
                         std::vector<ConsumerGroup::StoredShard> shards) {
  const Selection selection{.tenant = id.tenant, .filter = EventFilter(definition.filter())};
  const absl::Duration ack_timeout = AckTimeoutOf(definition);
  return std::make_shared<LiveSubscription>(
      LiveSubscription{.id = id,
                       .definition = std::move(definition),
                       .selection = selection,
                       .ack_timeout = ack_timeout,
                       .group = ConsumerGroup(std::move(shards))});
}

std::string ShardValue(const ConsumerGroup& group, Shard shard) {
  v1::ShardState state;
  state.set_acknowledged_position(group.ledger(shard).acknowledged().value());
  state.set_generation(group.generation(shard));
  return state.SerializeAsString();
}

absl::Status AheadOfLog(std::string_view what, Shard shard, Position position, Position head) {
  return absl::FailedPreconditionError(absl::StrCat(
      "Expected to go on with ", std::string(what), ", but it has seen position ", position.value(),
      " of shard ", shard.value(), " and the log ends at ", head.value(),
      ": the log is another one, or older. Restore both from the same copy, or delete the "
      "subscriptions and create them again."));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SubscriptionRegistry>> SubscriptionRegistry::Open(
    eventstore::EventStore& store, readmodel::ReadModel& model) {
  std::unique_ptr<SubscriptionRegistry> registry(new SubscriptionRegistry(store, model));
  APDR_RETURN_IF_ERROR(registry->Load());
  return registry;
}

absl::Status SubscriptionRegistry::Load() {
  const std::string layout = LayoutValue(store_.shard_count());
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, model_.Get(LayoutKey()));
  if (!stored) {
    readmodel::Write write;
    write.puts.push_back({.key = LayoutKey(), .value = layout});
    write.synced = true;
    return model_.Apply(write);
  }
  if (*stored != layout) {
    return absl::FailedPreconditionError(
        absl::StrCat("Expected rows of ", layout, ", but they are of ", *stored, "."));
  }
  for (std::uint32_t i = 0; i < store_.shard_count(); ++i) {
    APDR_ASSIGN_OR_RETURN(const readmodel::Progress places, model_.ReadProgress(Shard(i)));
    const Position head = store_.DurableHead(Shard(i));
    if (places.position > head) {
      return AheadOfLog("subscriptions", Shard(i), places.position, head);
    }
  }
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows, ReadAll(AllSubscriptions()));
  for (const readmodel::Row& row : rows) APDR_RETURN_IF_ERROR(LoadOne(row));
  return absl::OkStatus();
}

absl::Status SubscriptionRegistry::LoadOne(const readmodel::Row& row) {
  const SubscriptionId id = IdOfKey(row.key);
  APDR_ASSIGN_OR_RETURN(v1::Subscription definition, ParseRow<v1::Subscription>(row.value));
  std::vector<ConsumerGroup::StoredShard> shards;
  for (std::uint32_t i = 0; i < store_.shard_count(); ++i) {
    APDR_ASSIGN_OR_RETURN(ConsumerGroup::StoredShard shard,
                          LoadShard(id, Shard(i), LimitsOf(definition)));
    shards.push_back(std::move(shard));
  }
  all_.emplace(id, MakeLive(id, std::move(definition), std::move(shards)));
  return absl::OkStatus();
}

absl::StatusOr<ConsumerGroup::StoredShard> SubscriptionRegistry::LoadShard(
    const SubscriptionId& id, Shard shard, const LedgerLimits& limits) const {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> row, model_.Get(ShardKey(id, shard)));
  if (!row) return DamagedRow();
  APDR_ASSIGN_OR_RETURN(const v1::ShardState state, ParseRow<v1::ShardState>(*row));
  const Position acknowledged(state.acknowledged_position());
  Position seen = acknowledged;
  APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows, ReadAll(HeldOf(id, shard)));
  std::vector<v1::HeldCase> held;
  for (const readmodel::Row& held_row : rows) {
    APDR_ASSIGN_OR_RETURN(v1::HeldCase parsed, ParseRow<v1::HeldCase>(held_row.value));
    seen = std::max({seen, Position(parsed.done_position()), Position(parsed.event().position())});
    held.push_back(std::move(parsed));
  }
  const Position head = store_.DurableHead(shard);
  if (seen > head) return AheadOfLog(absl::StrCat("subscription ", id.name), shard, seen, head);
  return ConsumerGroup::StoredShard{.ledger = ShardLedger(shard, limits, acknowledged, held),
                                    .generation = state.generation()};
}

absl::StatusOr<std::vector<readmodel::Row>> SubscriptionRegistry::ReadAll(
    const projection::KeySpan& span) const {
  std::vector<readmodel::Row> all;
  readmodel::Range range{.begin = span.begin,
                         .end = span.end,
                         .direction = readmodel::Direction::kForward,
                         .limit = kRowsPerScan};
  while (true) {
    APDR_ASSIGN_OR_RETURN(std::vector<readmodel::Row> page, model_.Scan(range));
    const bool is_last = page.size() < range.limit;
    std::ranges::move(page, std::back_inserter(all));
    if (is_last) return all;
    range.begin = all.back().key + '\0';
  }
}

SubscriptionPtr SubscriptionRegistry::Find(const SubscriptionId& id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : found->second;
}

std::size_t SubscriptionRegistry::CountOf(const TenantId& tenant) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(all_, [&](const auto& entry) { return entry.first.tenant == tenant; }));
}

v1::SubscriptionStatus SubscriptionRegistry::StatusOf(const LiveSubscription& subscription) const {
  v1::SubscriptionStatus status;
  *status.mutable_subscription() = subscription.definition;
  const ConsumerGroup& group = subscription.group;
  for (std::uint32_t i = 0; i < group.shard_count(); ++i) {
    v1::ShardStatus& shard = *status.add_shards();
    group.ledger(Shard(i)).Describe(shard);
    shard.set_durable_position(store_.DurableHead(Shard(i)).value());
    shard.set_member_id(group.owner(Shard(i)));
    shard.set_generation(group.generation(Shard(i)));
    shard.set_damaged(subscription.damage.contains(Shard(i)) ||
                      group.ledger(Shard(i)).HasDamaged());
    status.set_lag(status.lag() + shard.durable_position() - shard.acknowledged_position());
    status.set_parked_count(status.parked_count() + shard.parked_count());
    status.set_retrying_count(status.retrying_count() + shard.retrying_count());
    status.set_held_count(status.held_count() + shard.held_count());
    if (shard.has_oldest_parked_time() &&
        (!status.has_oldest_parked_time() ||
         ToTime(shard.oldest_parked_time()) < ToTime(status.oldest_parked_time()))) {
      *status.mutable_oldest_parked_time() = shard.oldest_parked_time();
    }
  }
  for (const std::string& member : group.members()) status.add_member_ids(member);
  return status;
}

SubscriptionPtr SubscriptionRegistry::Add(const SubscriptionId& id, v1::Subscription definition,
                                          const std::vector<Position>& starts) {
  APDR_CHECK(starts.size() == store_.shard_count());
  Put(SubscriptionKey(id), definition.SerializeAsString(), /*synced=*/true);
  std::vector<ConsumerGroup::StoredShard> shards;
  for (std::uint32_t i = 0; i < starts.size(); ++i) {
    shards.push_back(
        {.ledger = ShardLedger(Shard(i), LimitsOf(definition), starts[i], {}), .generation = 0});
  }
  const SubscriptionPtr live = MakeLive(id, std::move(definition), std::move(shards));
  for (std::uint32_t i = 0; i < starts.size(); ++i) {
    Put(ShardKey(id, Shard(i)), ShardValue(live->group, Shard(i)), /*synced=*/true);
  }
  const bool added = all_.emplace(id, live).second;
  APDR_CHECK(added);
  return live;
}

absl::Status SubscriptionRegistry::Remove(const SubscriptionPtr& subscription) {
  const SubscriptionId& id = subscription->id;
  std::vector<readmodel::Row> stored;
  const auto spans = {ShardsOf(id), HeldOf(id), SkippedOf(id)};
  for (const projection::KeySpan& span : spans) {
    APDR_ASSIGN_OR_RETURN(const std::vector<readmodel::Row> rows, ReadAll(span));
    stored.insert(stored.end(), rows.begin(), rows.end());
  }
  // From here on nothing fails: all of it goes, or nothing.
  for (const projection::KeySpan& span : spans) {
    const auto end = pending_.lower_bound(span.end);
    for (auto it = pending_.lower_bound(span.begin); it != end; ++it) it->second.reset();
  }
  for (const readmodel::Row& row : stored) pending_[row.key] = std::nullopt;
  pending_[SubscriptionKey(id)] = std::nullopt;
  synced_ = true;
  subscription->deleted = true;
  all_.erase(id);
  return absl::OkStatus();
}

readmodel::Write SubscriptionRegistry::TakeWrite() {
  for (const auto& [id, subscription] : all_) {
    for (std::uint32_t i = 0; i < subscription->group.shard_count(); ++i) {
      CollectChanges(*subscription, Shard(i));
    }
  }
  readmodel::Write write;
  for (auto& [key, value] : std::exchange(pending_, {})) {
    if (value) {
      write.puts.push_back({.key = key, .value = *std::move(value)});
    } else {
      write.deletes.push_back(key);
    }
  }
  write.synced = std::exchange(synced_, false);
  return write;
}

// A position alone may be lost: what it covers is delivered again. Anything else would be
// forgotten.
void SubscriptionRegistry::CollectChanges(LiveSubscription& subscription, Shard shard) {
  const SubscriptionId& id = subscription.id;
  ShardLedger& ledger = subscription.group.ledger(shard);
  const ShardLedger::Changes changes = ledger.TakeChanges();
  const bool generation = subscription.group.TakeGenerationChanged(shard);
  if (changes.position || generation) {
    Put(ShardKey(id, shard), ShardValue(subscription.group, shard), generation);
  }
  for (const CaseId& case_id : changes.cases) {
    const v1::HeldCase* held = ledger.FindHeld(case_id);
    const std::string key = HeldKey(id, shard, case_id);
    if (held != nullptr) {
      Put(key, held->SerializeAsString(), /*synced=*/true);
    } else {
      pending_[key] = std::nullopt;
    }
  }
  for (const v1::ParkedEvent& skipped : changes.skipped) {
    Put(SkippedKey(id, shard, Position(skipped.position())), skipped.SerializeAsString(),
        /*synced=*/true);
  }
}

void SubscriptionRegistry::Put(std::string key, std::string value, bool synced) {
  pending_[std::move(key)] = std::move(value);
  synced_ = synced_ || synced;
}

}  // namespace apdr::subscription
