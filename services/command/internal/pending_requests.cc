#include "services/command/internal/pending_requests.h"

#include "engine/base/check.h"

namespace apdr::command {

const PendingRequests::Pending* PendingRequests::Find(const TenantId& tenant,
                                                      const RequestId& name) const {
  const auto found = by_key_.find(Key(tenant.value(), name.value()));
  return found == by_key_.end() ? nullptr : &found->second->pending;
}

void PendingRequests::Add(const TenantId& tenant, const RequestId& name, Pending pending) {
  entries_.push_back({.tenant = tenant, .name = name, .pending = std::move(pending)});
  const Entry& added = entries_.back();
  APDR_CHECK(by_key_.emplace(added.key(), &added).second);
}

void PendingRequests::ForgetUntil(std::uint64_t batch) {
  while (!entries_.empty() && entries_.front().pending.batch <= batch) {
    by_key_.erase(entries_.front().key());
    entries_.pop_front();
  }
}

}  // namespace apdr::command
