// Promise: a request id has at most one effect, and nothing is in the log that nobody asked for.
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {

Findings CheckOneEffect(const Evidence& evidence) {
  Findings findings;
  std::map<std::pair<TenantId, RequestId>, int> effects;
  for (const auto& shard : evidence.log) {
    for (const eventstore::StoredCommit& stored : shard) {
      const eventstore::Commit& commit = stored.commit;
      if (++effects[{commit.stream.tenant, commit.request_id}] == 2) {
        findings.push_back(
            absl::StrCat("request ", commit.request_id.value(), " had more than one effect"));
      }
      const bool timer = commit.request_id.value().starts_with("timer:");
      if (!timer && !evidence.history.submitted.contains(commit.request_id)) {
        findings.push_back(
            absl::StrCat("request ", commit.request_id.value(), " was never submitted"));
      }
    }
  }
  return findings;
}

}  // namespace apdr::testing
