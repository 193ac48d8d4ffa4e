#include "tests/support/evidence.h"

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/date.h"
#include "engine/codec/placed_event.h"

namespace apdr::testing {

std::vector<std::string> EventsAsSent(const command::Accepted& accepted) {
  std::vector<std::string> events;
  std::uint64_t position = accepted.position.value() + 1 - accepted.events.size();
  for (const std::string& stored : accepted.events) {
    events.push_back(codec::PlacedEvent(stored, accepted.shard, Position(position++)).ToString());
  }
  return events;
}

std::string RestOf(const command::Accepted& accepted) {
  std::string rest;
  for (const core::Warning& warning : accepted.warnings) {
    absl::StrAppend(&rest, warning.rule_code, " ", warning.message, "; ");
  }
  for (const core::NextAction& action : accepted.next_actions) {
    absl::StrAppend(&rest, action.spec->command, " ", action.spec->title, " ",
                    action.due_on ? FormatDate(*action.due_on) : std::string(), "; ");
  }
  return rest;
}

void History::Add(const command::Request& request, const command::Accepted& accepted) {
  if (accepted.events.empty()) return;  // It was already so: nothing to keep.
  Acknowledged answer{.stream = request.stream,
                      .version = accepted.version,
                      .shard = accepted.shard,
                      .position = accepted.position,
                      .events = EventsAsSent(accepted),
                      .rest = RestOf(accepted)};
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
