#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "engine/base/vocabulary.h"
#include "services/subscription/shard_ledger.h"

namespace apdr::subscription {

// The members of a subscription and who of them has which shard. A shard changes hands only when
// nothing of it is in flight, or its member is gone; each time under a new generation, by which a
// late acknowledgement is told. Pure: no clock, no disk. One thread.
class ConsumerGroup {
 public:
  // A shard as it was stored.
  struct StoredShard {
    ShardLedger ledger;
    std::uint64_t generation = 0;
  };

  explicit ConsumerGroup(std::vector<StoredShard> shards);

  [[nodiscard]] const std::set<std::string>& members() const { return members_; }
  // REQUIRES: no member of that name.
  void Join(const std::string& member_id);
  // What it had comes again. REQUIRES: a member.
  void Leave(const std::string& member_id);
  // Moves the shards that are to change hands and may. Without members nothing is kept in memory of
  // what was read ahead.
  void Rebalance();
  // Who got or lost a shard since the last call, and is still a member.
  [[nodiscard]] std::set<std::string> TakeReassigned();
  // Members that have kept an event since before `deadline`.
  [[nodiscard]] std::set<std::string> Overdue(absl::Duration deadline) const;

  [[nodiscard]] std::uint32_t shard_count() const {
    return static_cast<std::uint32_t>(shards_.size());
  }
  [[nodiscard]] ShardLedger& ledger(Shard shard) { return shards_.at(shard.value()).ledger; }
  [[nodiscard]] const ShardLedger& ledger(Shard shard) const {
    return shards_.at(shard.value()).ledger;
  }
  // Empty: nobody.
  [[nodiscard]] const std::string& owner(Shard shard) const {
    return shards_.at(shard.value()).owner;
  }
  // Whether its owner is to get more of it, and keeps it.
  [[nodiscard]] bool IsOpen(Shard shard) const;
  [[nodiscard]] std::uint64_t generation(Shard shard) const {
    return shards_.at(shard.value()).generation;
  }
  // Whether this member has the shard, under this generation.
  [[nodiscard]] bool Has(const std::string& member_id, Shard shard, std::uint64_t generation) const;
  [[nodiscard]] v1::Assignment AssignmentOf(const std::string& member_id) const;

  // Whether the shard has another generation than at the last call.
  [[nodiscard]] bool TakeGenerationChanged(Shard shard) {
    return std::exchange(shards_.at(shard.value()).generation_changed, false);
  }

 private:
  struct GroupShard {
    ShardLedger ledger;
    std::uint64_t generation = 0;
    bool generation_changed = false;
    std::string owner;
    std::string heir;  // Who is to have it.
  };

  void Split();
  void Give(GroupShard& shard);

  std::set<std::string> members_;
  std::vector<GroupShard> shards_;
  std::set<std::string> reassigned_;
};

}  // namespace apdr::subscription
