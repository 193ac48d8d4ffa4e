#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/status_macros.h"
#include "eventstore/event_store.h"

namespace apdr::subscription {

inline constexpr std::size_t kPageCommitsFirst = 4;
inline constexpr std::size_t kPageCommitsMax = 128;
// A page that has more is followed by shorter ones.
inline constexpr std::size_t kPageBytes = 1U << 20;

// Takes commits of a store, at most `commits_max`. `read(limit)` gives the next page, an empty one
// at the end; `take(commit)` answers whether it wants more. Pages begin short and grow, so that
// whoever wants few has not read many, and events may be large.
template <class Read, class Take>
absl::Status ReadPages(std::size_t commits_max, const Read& read, const Take& take) {
  std::size_t limit = kPageCommitsFirst;
  while (commits_max > 0) {
    APDR_ASSIGN_OR_RETURN(const std::vector<eventstore::StoredCommit> page,
                          read(std::min(limit, commits_max)));
    if (page.empty()) return absl::OkStatus();
    std::size_t bytes = 0;
    for (const eventstore::StoredCommit& stored : page) {
      for (const std::string& event : stored.commit.events) bytes += event.size();
      APDR_ASSIGN_OR_RETURN(const bool more, take(stored));
      if (!more) return absl::OkStatus();
    }
    commits_max -= page.size();
    limit = bytes < kPageBytes ? std::min(2 * limit, kPageCommitsMax) : std::max(limit / 2, 1UL);
  }
  return absl::OkStatus();
}

}  // namespace apdr::subscription
