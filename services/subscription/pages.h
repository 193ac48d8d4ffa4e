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
inline constexpr std::size_t kPageCommitsMax = 256;
// A page that has more is followed by shorter ones.
inline constexpr std::size_t kPageBytes = 1U << 20;

// How many commits the next page of a reader has: it begins short, grows while all of them are
// taken, and is then as many as were. A page costs, and so does what is read in vain, since events
// may be large.
struct PageSize {
  std::size_t commits = kPageCommitsFirst;
};

// Takes commits of a store, at most `commits_max`. `read(limit)` gives the next page, an empty one
// at the end; `take(commit)` answers whether it wants more. kDataLoss: the next commit does not
// read back; a store refuses every page that has one, so those before it are taken in short ones.
template <class Read, class Take>
absl::Status ReadPages(std::size_t commits_max, PageSize& size, const Read& read,
                       const Take& take) {
  while (commits_max > 0) {
    const std::size_t limit = std::min(size.commits, commits_max);
    const absl::StatusOr<std::vector<eventstore::StoredCommit>> read_page = read(limit);
    if (absl::IsDataLoss(read_page.status()) && limit > 1) {
      size.commits = 1;
      continue;
    }
    APDR_RETURN_IF_ERROR(read_page.status());
    const std::vector<eventstore::StoredCommit>& page = *read_page;
    if (page.empty()) return absl::OkStatus();
    commits_max -= page.size();
    std::size_t taken = 0;
    std::size_t bytes = 0;
    bool more = true;
    while (more && taken < page.size()) {
      const eventstore::StoredCommit& stored = page[taken++];
      for (const std::string& event : stored.commit.events) bytes += event.size();
      APDR_ASSIGN_OR_RETURN(more, take(stored));
    }
    if (taken < page.size()) {
      size.commits = taken;
    } else {
      size.commits = bytes < kPageBytes ? std::min(2 * size.commits, kPageCommitsMax)
                                        : std::max(size.commits / 2, std::size_t{1});
    }
    if (!more) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace apdr::subscription
