#pragma once

#include <set>
#include <string>
#include <vector>

namespace apdr::subscription {

// Who is to have each shard: evenly split (no member has two more than another), and as few change
// hands as that allows. `owners` says who has it now, one entry a shard; empty or no member:
// nobody. The same input gives the same answer. Without members: nobody has any.
[[nodiscard]] std::vector<std::string> SplitShards(const std::vector<std::string>& owners,
                                                   const std::set<std::string>& members);

}  // namespace apdr::subscription
