#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "eventstore/event_store.h"
#include "services/command/command_handler.h"

namespace apdr::command {

struct Answer {
  Callback done;
  Outcome outcome;
  std::optional<std::size_t> commit;  // Index of the commit that completes the outcome.
};

// What is decided and shares a sync.
struct Batch {
  std::uint64_t number = 0;  // Of the decider's last step in it; durable: that one and all before.
  std::vector<eventstore::Commit> commits;
  std::vector<Answer> answers;
  std::size_t bytes = 0;

  // Takes in what was decided after it.
  void Join(Batch later);
};

// A batch that is on the disk, with the place of each of its commits.
struct DurableBatch {
  Batch batch;
  std::vector<eventstore::CommitPlace> places;
};

// Calls back everyone in it, in the order of the decisions, with the places of the commits and with
// their case ids and events, which it takes out of them.
void AnswerAll(DurableBatch durable);

}  // namespace apdr::command
