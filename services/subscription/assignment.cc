#include "services/subscription/assignment.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace apdr::subscription {
namespace {

// How many shards each member is to have. Where they do not divide, who has most gets one more: it
// would have to give away more otherwise.
std::map<std::string, std::size_t> QuotasOf(const std::vector<std::string>& owners,
                                            const std::set<std::string>& members) {
  std::vector<std::string> order(members.begin(), members.end());
  const auto owned = [&](const std::string& member) { return std::ranges::count(owners, member); };
  std::ranges::stable_sort(
      order, [&](const std::string& a, const std::string& b) { return owned(a) > owned(b); });
  std::map<std::string, std::size_t> quotas;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool one_more = i < owners.size() % order.size();
    quotas[order[i]] = owners.size() / order.size() + (one_more ? 1 : 0);
  }
  return quotas;
}

}  // namespace

std::vector<std::string> SplitShards(const std::vector<std::string>& owners,
                                     const std::set<std::string>& members) {
  std::vector<std::string> split(owners.size());
  std::map<std::string, std::size_t> left = QuotasOf(owners, members);
  for (std::size_t shard = 0; shard < owners.size(); ++shard) {
    const auto quota = left.find(owners[shard]);
    if (quota == left.end() || quota->second == 0) continue;
    --quota->second;
    split[shard] = owners[shard];
  }
  for (std::string& owner : split) {
    if (!owner.empty()) continue;
    const auto most =
        std::ranges::max_element(left, {}, [](const auto& quota) { return quota.second; });
    if (most == left.end()) break;
    --most->second;
    owner = most->first;
  }
  return split;
}

}  // namespace apdr::subscription
