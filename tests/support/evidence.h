#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "apdr/event/v1/event.pb.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"
#include "services/bus/bus.h"
#include "services/command/command_handler.h"
#include "services/readmodel/read_model.h"

namespace apdr::testing {

// An answer as its caller has it.
struct Acknowledged {
  StreamId stream;
  CaseVersion version;
  Shard shard;
  Position position;
  std::vector<std::string> events;  // Serialized, with their places.
  std::string rest;                 // Warnings and next actions.

  friend bool operator==(const Acknowledged&, const Acknowledged&) = default;
};

// The events of an answer, each with its place, serialized.
[[nodiscard]] std::vector<std::string> EventsAsSent(const command::Accepted& accepted);

// Everything an answer says besides its events, as a text to compare.
[[nodiscard]] std::string RestOf(const command::Accepted& accepted);

// What the users of a run have seen.
struct History {
  // Accepted with events, by request id: the first answer, and every later one that differs.
  std::map<RequestId, Acknowledged> acknowledged;
  std::vector<std::string> contradictions;
  std::set<RequestId> submitted;

  void Add(const command::Request& request, const command::Accepted& accepted);
};

// Everything a run leaves behind: plain data, so that a test can plant a bug in it.
struct Evidence {
  const core::Workflow* workflow = nullptr;
  Date today;
  std::vector<std::vector<eventstore::StoredCommit>> log;  // By shard.
  std::vector<eventstore::DueTimer> timers_due;            // Not fired, though their time is over.
  History history;
  std::vector<std::vector<bus::Record>> events_topic;  // By shard.
  std::vector<std::vector<bus::Record>> notices_topic;
  std::vector<readmodel::Row> rows;        // As projected through crashes and a bad bus.
  std::vector<readmodel::Row> rows_again;  // As folded once more from the log, undisturbed.
};

// One thing that is not as promised, in a sentence.
using Finding = std::string;
using Findings = std::vector<Finding>;

// The events of each case in order of version, parsed.
[[nodiscard]] std::map<StreamId, std::vector<event::v1::Event>> EventsByCase(
    const Evidence& evidence);

}  // namespace apdr::testing
