#include "services/subscription/group.h"

#include <algorithm>

#include "engine/base/check.h"
#include "services/subscription/assignment.h"

namespace apdr::subscription {

ConsumerGroup::ConsumerGroup(std::vector<StoredShard> shards) {
  for (StoredShard& shard : shards) {
    shards_.push_back({.ledger = std::move(shard.ledger),
                       .generation = shard.generation,
                       .generation_changed = false,
                       .owner = {},
                       .heir = {}});
  }
}

void ConsumerGroup::Join(const std::string& member_id) {
  const bool joined = members_.insert(member_id).second;
  APDR_CHECK(joined);
  reassigned_.insert(member_id);  // It learns what it has, be it nothing.
  Split();
}

void ConsumerGroup::Leave(const std::string& member_id) {
  APDR_CHECK(members_.erase(member_id) == 1);
  for (GroupShard& shard : shards_) {
    if (shard.owner != member_id) continue;
    shard.ledger.TakeBack();
    shard.owner.clear();
  }
  Split();
}

void ConsumerGroup::Split() {
  std::vector<std::string> owners;
  for (const GroupShard& shard : shards_) owners.push_back(shard.owner);
  const std::vector<std::string> heirs = SplitShards(owners, members_);
  for (std::size_t i = 0; i < shards_.size(); ++i) shards_[i].heir = heirs[i];
}

void ConsumerGroup::Rebalance() {
  for (GroupShard& shard : shards_) {
    const bool is_free = shard.owner.empty() || shard.ledger.in_flight() == 0;
    if (shard.owner != shard.heir && is_free) Give(shard);
    if (members_.empty()) shard.ledger.Rest();
  }
}

void ConsumerGroup::Give(GroupShard& shard) {
  reassigned_.insert(shard.owner);
  reassigned_.insert(shard.heir);
  shard.ledger.TakeBack();
  shard.owner = shard.heir;
  ++shard.generation;
  shard.generation_changed = true;
}

std::set<std::string> ConsumerGroup::TakeReassigned() {
  std::set<std::string> members;
  for (const std::string& member : std::exchange(reassigned_, {})) {
    if (members_.contains(member)) members.insert(member);
  }
  return members;
}

std::set<std::string> ConsumerGroup::Overdue(absl::Duration deadline) const {
  std::set<std::string> overdue;
  for (const GroupShard& shard : shards_) {
    const std::optional<absl::Duration> oldest = shard.ledger.OldestFlight();
    if (oldest && *oldest < deadline) overdue.insert(shard.owner);
  }
  return overdue;
}

bool ConsumerGroup::IsOpen(Shard shard) const {
  const GroupShard& entry = shards_.at(shard.value());
  return !entry.owner.empty() && entry.owner == entry.heir;
}

bool ConsumerGroup::Has(const std::string& member_id, Shard shard, std::uint64_t generation) const {
  if (shard.value() >= shards_.size()) return false;
  const GroupShard& entry = shards_[shard.value()];
  return entry.owner == member_id && entry.generation == generation;
}

v1::Assignment ConsumerGroup::AssignmentOf(const std::string& member_id) const {
  v1::Assignment assignment;
  for (std::uint32_t i = 0; i < shard_count(); ++i) {
    if (shards_[i].owner != member_id) continue;
    v1::AssignedShard& shard = *assignment.add_shards();
    shard.set_shard(i);
    shard.set_generation(shards_[i].generation);
    shard.set_acknowledged_position(shards_[i].ledger.acknowledged().value());
  }
  return assignment;
}

}  // namespace apdr::subscription
