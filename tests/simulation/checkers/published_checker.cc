// Promise: the bus carries every durable event, in order per shard and so per case, at least once,
// nothing else.
#include "absl/strings/str_cat.h"
#include "services/bus/record/event_record.h"
#include "tests/simulation/checkers/checkers.h"

namespace apdr::testing {
namespace {

using MakeRecord = bus::Record (*)(const event::v1::Event&);

void CheckTopic(const char* name, const std::vector<eventstore::StoredCommit>& log,
                const std::vector<bus::Record>& topic, MakeRecord make, Findings& findings) {
  std::vector<bus::Record> expected;
  for (const eventstore::StoredCommit& stored : log) {
    for (std::size_t i = 0; i < stored.commit.events.size(); ++i) {
      expected.push_back(make(bus::OutgoingEvent(stored, i).value()));
    }
  }
  std::uint64_t newest = 0;
  for (const bus::Record& record : topic) {
    const std::uint64_t position = record.position.value();
    if (position == 0 || position > expected.size()) {
      findings.push_back(
          absl::StrCat(name, " holds position ", position, ", which the log has not"));
      continue;
    }
    if (position > newest + 1) {
      findings.push_back(absl::StrCat(name, " goes from position ", newest, " to ", position));
    }
    newest = std::max(newest, position);
    if (record != expected[position - 1]) {
      findings.push_back(absl::StrCat(name, " holds other content at position ", position));
    }
  }
  if (newest < expected.size()) {
    findings.push_back(
        absl::StrCat(name, " ends at position ", newest, ", the log at ", expected.size()));
  }
}

}  // namespace

Findings CheckPublished(const Evidence& evidence) {
  Findings findings;
  for (std::size_t shard = 0; shard < evidence.log.size(); ++shard) {
    CheckTopic("the events topic", evidence.log[shard], evidence.events_topic.at(shard),
               bus::MakeEventRecord, findings);
    CheckTopic("the notices topic", evidence.log[shard], evidence.notices_topic.at(shard),
               bus::MakeNoticeRecord, findings);
  }
  return findings;
}

}  // namespace apdr::testing
