#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/base/settable_clock.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/command/command_handler.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::testing {

// 018f0000-0000-7000-8000-000000000001, ...02, and so on. Not thread-safe.
class CountingIdSource final : public IdSource {
 public:
  [[nodiscard]] std::string NextUuid() override { return Uuid(++last_); }
  [[nodiscard]] static std::string Uuid(std::uint64_t number) {
    return absl::StrFormat("018f0000-0000-7000-8000-%012d", number);
  }

 private:
  std::uint64_t last_ = 0;
};

// Stands for SHA-256 of a request's content where no request is parsed: FNV-1a of its text.
[[nodiscard]] inline eventstore::RequestDigest DigestOfText(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  eventstore::RequestDigest digest{};
  for (std::size_t i = 0; i < sizeof hash; ++i) {
    digest.at(i) = static_cast<std::uint8_t>(hash >> (8 * i));
  }
  return digest;
}

// A loan of the tests' library: "loan 7".
[[nodiscard]] inline StreamId Loan(std::uint64_t number, std::string tenant = "t1") {
  return {TenantId(std::move(tenant)), CaseId(CountingIdSource::Uuid(900000 + number))};
}

// A request as the parser makes it, on the day of CommandSide's start.
template <class M>
[[nodiscard]] command::Request ARequest(std::string id, const StreamId& loan, M message,
                                        core::Actor actor = Librarian()) {
  command::Request request;
  request.stream = loan;
  request.digest = DigestOfText(
      absl::StrCat(loan.case_id.value(), message.GetTypeName(), message.SerializeAsString()));
  request.request_id = RequestId(std::move(id));
  request.command = ACommand(std::move(message), On("2026-03-02"));
  request.actor = std::move(actor);
  return request;
}

// The command side of one library on the memory store, whose handler can die and start again.
class CommandSide {
 public:
  explicit CommandSide(const command::HandlerOptions& handler_options = {},
                       std::uint32_t shards = 2)
      : workflow(module),
        clock(HourOf(On("2026-03-02"), 12, workflow.definition().zone)),
        store(shards),
        options(handler_options) {
    Start();
  }

  // The process died and was started again: memory is lost, the store keeps what it has.
  void Restart() {
    handler.reset();
    store.Restart();
    Start();
  }

  [[nodiscard]] command::Outcome Execute(command::Request request) {
    return command::ExecuteInline(*handler, std::move(request));
  }
  // REQUIRES: the command is accepted.
  command::Accepted Accept(command::Request request) {
    command::Outcome outcome = Execute(std::move(request));
    APDR_CHECK(std::holds_alternative<command::Accepted>(outcome));
    return std::get<command::Accepted>(std::move(outcome));
  }

  // Events of the whole store.
  [[nodiscard]] std::uint64_t EventCount() const {
    std::uint64_t count = 0;
    for (std::uint32_t shard = 0; shard < store.shard_count(); ++shard) {
      count += store.DurableHead(Shard(shard)).value();
    }
    return count;
  }

  LibraryLoanModule module;
  core::Workflow workflow;
  SettableClock clock;
  eventstore::MemoryEventStore store;
  CountingIdSource ids;
  command::HandlerOptions options;
  std::unique_ptr<command::CommandHandler> handler;

 private:
  void Start() {
    const command::CommandHandler::Parts parts{
        .workflow = workflow, .store = store, .snapshots = &store, .clock = clock, .ids = ids};
    handler = std::make_unique<command::CommandHandler>(parts, options);
  }
};

// An answer that is awaited.
class Awaited {
 public:
  [[nodiscard]] command::Callback Take() {
    return [this](command::Outcome outcome) {
      APDR_CHECK(!outcome_.has_value());
      outcome_ = std::move(outcome);
    };
  }
  [[nodiscard]] bool here() const { return outcome_.has_value(); }
  [[nodiscard]] const command::Outcome& outcome() const { return outcome_.value(); }
  [[nodiscard]] const command::Accepted& accepted() const {
    return std::get<command::Accepted>(outcome());
  }

 private:
  std::optional<command::Outcome> outcome_;
};

// Steps both workers until neither has anything to do. REQUIRES: no step fails.
inline void RunDry(command::CommandHandler& handler) {
  bool progressed = true;
  while (progressed) {
    const auto decided = handler.decider().Step();
    const auto committed = handler.committer().Step();
    APDR_CHECK(decided.ok() && committed.ok());
    progressed = *decided == StepResult::kProgressed || *committed == StepResult::kProgressed;
  }
}

// "accepted", the rejection's code, or the status code's name: what a test says of an outcome.
[[nodiscard]] inline std::string Verdict(const command::Outcome& outcome) {
  if (std::holds_alternative<command::Accepted>(outcome)) return "accepted";
  if (const auto* rejection = std::get_if<core::Rejection>(&outcome)) return rejection->code();
  return absl::StatusCodeToString(std::get<absl::Status>(outcome).code());
}

}  // namespace apdr::testing
