#include "tests/support/library_loan_domain/loan_desk.h"

#include <array>
#include <optional>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/core/evolve.h"

namespace apdr::testing {

Date On(std::string_view text) {
  const std::optional<Date> date = ParseDate(text);
  APDR_CHECK(date.has_value());
  return *date;
}

core::Actor Librarian() {
  return {.id = "p-17", .role = "librarian", .setting_id = "", .on_behalf_of = ""};
}

core::Actor Borrower() {
  return {.id = "c-9", .role = "borrower", .setting_id = "", .on_behalf_of = ""};
}

library::v1::LendItem ALoan(std::string slip, std::uint32_t days) {
  library::v1::LendItem command;
  command.mutable_item()->set_barcode("B-1");
  command.mutable_item()->set_format(library::v1::FORMAT_BOOK);
  command.set_card("C-1");
  command.set_slip(std::move(slip));
  command.set_days(days);
  command.set_branch_id("NORTH");
  command.set_region_id("R1");
  return command;
}

library::v1::AddNote ANote(bool settles) {
  library::v1::AddNote command;
  command.set_text("seen");
  command.set_settles(settles);
  return command;
}

library::v1::MoveLoan AMove(std::string branch) {
  library::v1::MoveLoan command;
  command.set_branch_id(std::move(branch));
  return command;
}

core::Context AContext(Date today, core::Actor actor) {
  static const absl::TimeZone kZone = LibraryLoanDefinition().zone;
  return {.now = HourOf(today, 12, kZone),
          .today = today,
          .actor = std::move(actor),
          .key_holders = {}};
}

LoanDesk::LoanDesk(const core::Workflow& workflow, eventstore::EventStore& store)
    : workflow_(workflow), store_(store) {}

core::State& LoanDesk::StateOf(const StreamId& stream) {
  const auto found = states_.find(stream);
  if (found != states_.end()) return found->second;
  return states_.emplace(stream, workflow_.NewState()).first->second;
}

core::Decision LoanDesk::Execute(const StreamId& stream, const core::Command& command, Date today,
                                 core::Actor actor) {
  core::Context context = AContext(today, std::move(actor));
  context.now += absl::Seconds(commits_);
  core::Decision decision = Decide(workflow_, StateOf(stream), command, context);
  if (const auto* events = std::get_if<std::vector<core::Event>>(&decision)) {
    Append(stream, *events, context);
  }
  return decision;
}

std::size_t LoanDesk::FireDue(const StreamId& stream, Date today) {
  core::Context context =
      AContext(today, {.id = "timer", .role = "system", .setting_id = "", .on_behalf_of = ""});
  std::vector<std::string> keys;
  for (const auto& [key, running] : StateOf(stream).deadlines) keys.push_back(key);
  std::size_t fired = 0;
  for (const std::string& key : keys) {
    context.now += absl::Seconds(commits_);
    const std::vector<core::Event> events =
        DecideDeadline(workflow_, StateOf(stream), key, context);
    Append(stream, events, context);
    fired += events.size();
  }
  return fired;
}

void LoanDesk::Append(const StreamId& stream, const std::vector<core::Event>& events,
                      const core::Context& context) {
  if (events.empty()) return;
  core::State& state = StateOf(stream);
  const RequestId request_id(
      absl::StrFormat("018f3c1e-0000-7000-8000-%012d", static_cast<std::int64_t>(++commits_)));
  eventstore::Commit commit;
  commit.stream = stream;
  commit.first_version = CaseVersion(state.version.value() + 1);
  commit.request_id = request_id;
  commit.recorded_at = context.now;
  for (const core::Event& event : events) {
    Evolve(workflow_, state, event);
    const codec::EventHeader header{
        .event_id = absl::StrCat(request_id.value(), "-", state.version.value()),
        .stream = stream,
        .version = state.version,
        .actor = context.actor,
        .recorded_at = context.now,
        .request_id = request_id,
        .correlation_id = "",
        .causation_id = "",
        .traceparent = ""};
    commit.events.push_back(codec::EventEncoder().Encode(header, event));
  }
  const std::array<eventstore::Commit, 1> commits = {std::move(commit)};
  APDR_CHECK(store_.Append(commits).ok());
}

void AppendBytes(eventstore::EventStore& store, const StreamId& stream, CaseVersion version,
                 std::string bytes) {
  std::array<eventstore::Commit, 1> commits;
  commits[0].stream = stream;
  commits[0].first_version = version;
  commits[0].request_id = RequestId(absl::StrCat(stream.case_id.value(), "/", version.value()));
  commits[0].recorded_at = absl::UnixEpoch();
  commits[0].events = {std::move(bytes)};
  (void)store.Append(commits);
}

}  // namespace apdr::testing
