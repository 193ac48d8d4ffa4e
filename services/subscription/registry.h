#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "apdr/subscription/v1/subscription.pb.h"
#include "engine/base/vocabulary.h"
#include "eventstore/event_store.h"
#include "services/readmodel/read_model.h"
#include "services/subscription/group.h"
#include "services/subscription/log_reader.h"
#include "services/subscription/rows.h"

namespace apdr::subscription {

inline constexpr std::size_t kSubscriptionsOfTenantMax = 100;
inline constexpr std::size_t kMembersMax = 64;

// A subscription while the server runs.
struct LiveSubscription {
  SubscriptionId id;
  v1::Subscription definition;  // As asked for.
  Selection selection;
  absl::Duration ack_timeout;
  ConsumerGroup group;
  bool deleted = false;
  std::map<Shard, PageSize> pages = {};
  std::map<Shard, absl::Status> damage = {};  // Of shards that go no further, once it was met.
  std::set<Shard> damage_logged = {};
};
// Owned by the registry and by those of its members' calls that have not heard yet that it is gone.
using SubscriptionPtr = std::shared_ptr<LiveSubscription>;

// All subscriptions, and what of them is to be stored. What is changed here counts once the write
// that TakeWrite() gives has been applied. One thread.
class SubscriptionRegistry {
 public:
  // Reads what is stored; an empty model becomes one of subscriptions. Borrows both.
  // kFailedPrecondition: the model is for another number of shards, or is ahead of the log, which
  // therefore is another one, or older. kDataLoss: a row does not read back.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<SubscriptionRegistry>> Open(
      eventstore::EventStore& store, readmodel::ReadModel& model);

  // Null: there is none.
  [[nodiscard]] SubscriptionPtr Find(const SubscriptionId& id) const;
  [[nodiscard]] const std::map<SubscriptionId, SubscriptionPtr>& all() const { return all_; }
  [[nodiscard]] std::size_t CountOf(const TenantId& tenant) const;
  [[nodiscard]] v1::SubscriptionStatus StatusOf(const LiveSubscription& subscription) const;

  // REQUIRES: checked, and no subscription has this id; `starts` has an entry for every shard.
  SubscriptionPtr Add(const SubscriptionId& id, v1::Subscription definition,
                      const std::vector<Position>& starts);
  // With all its rows. Errors of the model as they are.
  [[nodiscard]] absl::Status Remove(const SubscriptionPtr& subscription);

  // All that changed since the last call; synced, unless a loss would only repeat deliveries.
  [[nodiscard]] readmodel::Write TakeWrite();

  [[nodiscard]] const eventstore::EventStore& store() const { return store_; }
  [[nodiscard]] const readmodel::ReadModel& model() const { return model_; }

 private:
  SubscriptionRegistry(eventstore::EventStore& store, readmodel::ReadModel& model)
      : store_(store), model_(model) {}

  absl::Status Load();
  absl::Status LoadOne(const readmodel::Row& row);
  absl::StatusOr<ConsumerGroup::StoredShard> LoadShard(const SubscriptionId& id, Shard shard,
                                                       const LedgerLimits& limits) const;
  absl::StatusOr<std::vector<readmodel::Row>> ReadAll(const projection::KeySpan& span) const;
  void CollectChanges(LiveSubscription& subscription, Shard shard);
  void Put(std::string key, std::string value, bool synced);

  eventstore::EventStore& store_;
  readmodel::ReadModel& model_;
  std::map<SubscriptionId, SubscriptionPtr> all_;
  std::map<std::string, std::optional<std::string>> pending_;  // By key; nullopt: deleted.
  bool synced_ = false;
};

}  // namespace apdr::subscription
