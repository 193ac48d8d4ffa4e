#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/base/random.h"
#include "engine/base/settable_clock.h"
#include "engine/core/state.h"
#include "engine/domains/sen_support/sen_module.h"
#include "eventstore/event_store.h"
#include "services/command/command_handler.h"
#include "tests/support/evidence.h"

namespace apdr::testing {

// A random command that a case may well admit, written as its people would: minimal valid content,
// one of the roles that may send it, happened today. Null payload: nothing can be sent.
// REQUIRES: the workflow is SEN Support's.
[[nodiscard]] core::Command RandomSenCommand(const core::Workflow& workflow, const StreamId& stream,
                                             const core::State& state, Date today, Random& random);
// Somebody who may send it.
[[nodiscard]] core::Actor RandomActor(const core::Workflow& workflow, std::string_view command,
                                      const StreamId& stream, Random& random);

// A scripted user with one case: reads it, sends a command, and does with the answer what users do.
// Repeats the same request when the outcome is unknown, or gives up; sometimes sends a version that
// is out of date, adds the departures that a refusal asked for, or repeats what was answered long
// ago.
class SimUser {
 public:
  struct Parts {
    const core::Workflow& workflow;
    eventstore::EventStore& store;
    const Clock& clock;
    Random& random;
    History& history;
  };

  // All borrowed.
  SimUser(const Parts& parts, StreamId stream);

  // Does one thing; says what, for the journal.
  std::string Act(command::CommandHandler& handler);
  // Sends every acknowledged request of this user again.
  void RepeatAll(command::CommandHandler& handler);

 private:
  struct Sent {
    command::Request request;
    std::optional<command::Outcome> outcome;
  };

  void Read();
  std::string SendNew(command::CommandHandler& handler);
  std::string Send(command::CommandHandler& handler, command::Request request);

  const Parts parts_;
  const StreamId stream_;
  core::State state_;  // As last read.
  std::shared_ptr<Sent> sent_;
  std::vector<core::Departure> departures_;  // For the next command.
  std::vector<command::Request> accepted_;
  std::uint64_t requests_ = 0;
};

}  // namespace apdr::testing
