// Promise: every acknowledged event is in the log exactly once, at the place its answer named.
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {

Findings CheckAcknowledged(const Evidence& evidence) {
  Findings findings;
  std::map<std::string, std::vector<std::string>> places;  // By event id.
  for (const auto& shard : evidence.log) {
    for (const eventstore::StoredCommit& stored : shard) {
      std::uint64_t position = stored.place.first_position.value();
      for (const std::string& bytes : stored.commit.events) {
        event::v1::Event event;
        if (!event.ParseFromString(bytes)) continue;
        event.set_shard(stored.place.shard.value());
        event.set_position(position++);
        places[event.event_id()].push_back(event.SerializeAsString());
      }
    }
  }
  for (const auto& [request_id, answer] : evidence.history.acknowledged) {
    for (const std::string& bytes : answer.events) {
      event::v1::Event event;
      event.ParseFromString(bytes);
      const auto found = places.find(event.event_id());
      if (found == places.end()) {
        findings.push_back(absl::StrCat("request ", request_id.value(),
                                        " was acknowledged and its event is not in the log"));
      } else if (found->second != std::vector<std::string>{bytes}) {
        findings.push_back(absl::StrCat("request ", request_id.value(),
                                        " was acknowledged and its event is elsewhere, different "
                                        "or twice in the log"));
      }
    }
  }
  return findings;
}

}  // namespace apdr::testing
