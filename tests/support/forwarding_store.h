#pragma once

#include <optional>
#include <span>
#include <vector>

#include "eventstore/event_store.h"

namespace apdr::testing {

// Passes every call on to another store; a test overrides the one that it is about.
class ForwardingStore : public eventstore::EventStore {
 public:
  // Borrows the store.
  explicit ForwardingStore(eventstore::EventStore& store) : store_(store) {}

  absl::StatusOr<std::vector<eventstore::CommitPlace>> Append(
      std::span<const eventstore::Commit> commits) override {
    return store_.Append(commits);
  }
  absl::StatusOr<std::vector<eventstore::StoredCommit>> ReadStream(const StreamId& stream,
                                                                   CaseVersion from,
                                                                   std::size_t limit) override {
    return store_.ReadStream(stream, from, limit);
  }
  absl::StatusOr<std::vector<eventstore::StoredCommit>> ReadShard(Shard shard, Position after,
                                                                  std::size_t limit) override {
    return store_.ReadShard(shard, after, limit);
  }
  absl::StatusOr<std::optional<eventstore::StoredCommit>> FindRequest(
      const TenantId& tenant, const RequestId& request_id) override {
    return store_.FindRequest(tenant, request_id);
  }
  absl::StatusOr<std::vector<bool>> AreTaken(
      std::span<const eventstore::RequestName> names) override {
    return store_.AreTaken(names);
  }
  absl::StatusOr<std::vector<eventstore::DueTimer>> DueTimers(absl::Time until,
                                                              std::size_t limit) override {
    return store_.DueTimers(until, limit);
  }
  [[nodiscard]] Position DurableHead(Shard shard) const override {
    return store_.DurableHead(shard);
  }
  [[nodiscard]] std::uint32_t shard_count() const override { return store_.shard_count(); }

 private:
  eventstore::EventStore& store_;
};

}  // namespace apdr::testing
