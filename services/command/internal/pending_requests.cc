#include "services/command/internal/pending_requests.h"

#include "engine/base/check.h"

namespace apdr::command {

const PendingRequests::Pending* PendingRequests::Find(const TenantId& tenant,
                                                      const RequestId& name) const {
  const auto found = pending_.find(Key(tenant, name));
  return found == pending_.end() ? nullptr : &found->second;
}

void PendingRequests::Add(const TenantId& tenant, const RequestId& name, Pending pending) {
  Key key(tenant, name);
  order_.emplace_back(pending.batch, key);
  APDR_CHECK(pending_.emplace(std::move(key), std::move(pending)).second);
}

void PendingRequests::ForgetUntil(std::uint64_t batch) {
  while (!order_.empty() && order_.front().first <= batch) {
    pending_.erase(order_.front().second);
    order_.pop_front();
  }
}

}  // namespace apdr::command
