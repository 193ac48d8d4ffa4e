#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/base/vocabulary.h"
#include "eventstore/event_store.h"

namespace apdr::command {

// The request ids and claims of batches that are decided and not yet durable, which the store does
// not know. One thread.
class PendingRequests {
 public:
  struct Pending {
    std::uint64_t batch = 0;
    eventstore::RequestDigest digest{};
    CaseId case_id;
  };

  // Null: no batch on its way has it. Valid until its batch is forgotten.
  [[nodiscard]] const Pending* Find(const TenantId& tenant, const RequestId& name) const;

  // REQUIRES: batches come in order, and the tenant has no such name pending.
  void Add(const TenantId& tenant, const RequestId& name, Pending pending);

  // Lets go of what belongs to `batch` and those before it: they are durable.
  void ForgetUntil(std::uint64_t batch);

 private:
  using Key = std::pair<std::string_view, std::string_view>;

  struct Entry {
    TenantId tenant;
    RequestId name;
    Pending pending;

    [[nodiscard]] Key key() const { return {tenant.value(), name.value()}; }
  };

  std::deque<Entry> entries_;                      // In the order of their batches.
  absl::flat_hash_map<Key, const Entry*> by_key_;  // Of entries_, whose text the keys are.
};

}  // namespace apdr::command
