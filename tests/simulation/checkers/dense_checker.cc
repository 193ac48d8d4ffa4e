// Promise: positions of a shard and versions of a case are 1, 2, 3 ... without a gap; time does not
// go back.
#include "absl/strings/str_cat.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {

Findings CheckDense(const Evidence& evidence) {
  Findings findings;
  for (std::size_t shard = 0; shard < evidence.log.size(); ++shard) {
    std::uint64_t position = 0;
    absl::Time recorded_at = absl::InfinitePast();
    for (const eventstore::StoredCommit& stored : evidence.log[shard]) {
      if (stored.place.first_position != Position(position + 1)) {
        findings.push_back(absl::StrCat("shard ", shard, " goes from position ", position, " to ",
                                        stored.place.first_position.value()));
      }
      position = stored.last_position().value();
      if (stored.commit.recorded_at < recorded_at) {
        findings.push_back(absl::StrCat("shard ", shard, " goes back in time at ", position));
      }
      recorded_at = stored.commit.recorded_at;
    }
  }
  for (const auto& [stream, events] : EventsByCase(evidence)) {
    std::uint64_t version = 0;
    for (const event::v1::Event& event : events) {
      if (event.version() != ++version) {
        findings.push_back(absl::StrCat("case ", stream.case_id.value(), " has version ",
                                        event.version(), " where ", version, " belongs"));
      }
    }
  }
  return findings;
}

}  // namespace apdr::testing
