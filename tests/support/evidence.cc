#include "tests/support/evidence.h"

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace apdr::testing {

void History::Add(const command::Request& request, const command::Accepted& accepted) {
  if (accepted.events.empty()) return;  // It was already so: nothing to keep.
  Acknowledged answer{.stream = request.stream,
                      .version = accepted.version,
                      .shard = accepted.shard,
                      .position = accepted.position,
                      .events = {},
                      .rest = {}};
  for (const auto& event : accepted.events) answer.events.push_back(event.SerializeAsString());
  for (const auto& warning : accepted.warnings) answer.rest += warning.SerializeAsString();
  for (const auto& action : accepted.next_actions) answer.rest += action.SerializeAsString();
  const auto [first, added] = acknowledged.emplace(request.request_id, answer);
  if (!added && !(first->second == answer)) {
    contradictions.push_back(
        absl::StrCat("request ", request.request_id.value(), " was answered in two ways"));
  }
}

std::map<StreamId, std::vector<event::v1::Event>> EventsByCase(const Evidence& evidence) {
  std::map<StreamId, std::vector<event::v1::Event>> cases;
  for (const auto& shard : evidence.log) {
    for (const eventstore::StoredCommit& stored : shard) {
      for (const std::string& bytes : stored.commit.events) {
        event::v1::Event event;
        APDR_CHECK(event.ParseFromString(bytes));
        cases[stored.commit.stream].push_back(std::move(event));
      }
    }
  }
  return cases;
}

}  // namespace apdr::testing
