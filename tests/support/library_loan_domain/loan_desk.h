#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "engine/codec/message_payload.h"
#include "engine/core/decide.h"
#include "eventstore/event_store.h"
#include "tests/support/library_loan_domain/library_loan_domain.h"

namespace apdr::testing {

// Builders that say only what matters.
[[nodiscard]] Date On(std::string_view text);
[[nodiscard]] core::Actor Librarian();
[[nodiscard]] core::Actor Borrower();
[[nodiscard]] library::v1::LendItem ALoan(std::string slip = "slip-1", std::uint32_t days = 21);
[[nodiscard]] library::v1::AddNote ANote(bool settles = false);
[[nodiscard]] library::v1::MoveLoan AMove(std::string branch);

template <class M>
[[nodiscard]] core::Command ACommand(M message, Date occurred_on) {
  return {.payload = codec::MakePayload(std::move(message)),
          .occurred_on = occurred_on,
          .expected = core::AnyVersion{},
          .departures = {}};
}

// A decision made at noon of `today`.
[[nodiscard]] core::Context AContext(Date today, core::Actor actor = Librarian());

// The desk of one library: decides commands against the cases it has folded and appends what they
// change, one commit at a time. Stands for the command side in tests of everything behind the log;
// does not simulate request ids, batches or timers that fire by themselves. All borrowed.
class LoanDesk {
 public:
  LoanDesk(const core::Workflow& workflow, eventstore::EventStore& store);

  // Decides, appends and folds. Dates the recording `today` at noon, a second later for each
  // commit.
  core::Decision Execute(const StreamId& stream, const core::Command& command, Date today,
                         core::Actor actor = Librarian());
  // Fires every deadline of the case that is due on `today`; returns how many events that made.
  std::size_t FireDue(const StreamId& stream, Date today);

  [[nodiscard]] const core::State& state(const StreamId& stream) const {
    return states_.at(stream);
  }

 private:
  void Append(const StreamId& stream, const std::vector<core::Event>& events,
              const core::Context& context);
  core::State& StateOf(const StreamId& stream);

  const core::Workflow& workflow_;
  eventstore::EventStore& store_;
  std::map<StreamId, core::State> states_;
  std::uint64_t commits_ = 0;
};

// Appends a commit of one event made of any bytes, as a damaged or future writer would. The outcome
// is the store's.
void AppendBytes(eventstore::EventStore& store, const StreamId& stream, CaseVersion version,
                 std::string bytes);

}  // namespace apdr::testing
