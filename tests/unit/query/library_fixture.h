#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/settable_clock.h"
#include "engine/base/shard_of.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/query/audit_reader.h"
#include "services/query/case_reader.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr::testing {

// A library whose loans are decided, logged, folded and read, in one thread.
class LibraryFixture : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kShards = 3;

  LibraryFixture() : workflow(module), store(kShards), desk(workflow, store) {}

  static StreamId Case(int number, std::string tenant = "t1") {
    return {TenantId(std::move(tenant)),
            CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
  }
  static std::string Id(int number) { return Case(number).case_id.value(); }

  static host::Caller ACaller(std::string role = "librarian", std::string tenant = "t1") {
    return {.tenant = TenantId(std::move(tenant)),
            .actor_id = "p-17",
            .role = std::move(role),
            .setting_id = "",
            .on_behalf_of = "",
            .traceparent = ""};
  }

  // Without folding it.
  template <class M>
  void Write(const StreamId& stream, M message, Date on, core::Actor actor = Librarian()) {
    ASSERT_TRUE(std::holds_alternative<std::vector<core::Event>>(
        desk.Execute(stream, ACommand(std::move(message), on), on, std::move(actor))));
  }
  void Fold() { side.RunUntilIdle(); }

  template <class M>
  void Do(const StreamId& stream, M message, Date on, core::Actor actor = Librarian()) {
    Write(stream, std::move(message), on, std::move(actor));
    Fold();
  }

  static library::v1::LendItem ALoanAt(std::string branch, std::string region = "R1",
                                       std::uint32_t days = 21) {
    library::v1::LendItem loan = ALoan("slip", days);
    loan.set_branch_id(std::move(branch));
    loan.set_region_id(std::move(region));
    return loan;
  }

  LibraryLoanModule module;
  core::Workflow workflow;
  eventstore::MemoryEventStore store;
  LoanDesk desk;
  bus::LogRecordSource source{store};
  bus::EmbeddedConsumer consumer{source};
  readmodel::MemoryReadModel model;
  ReadSide side{{.workflow = workflow,
                 .consumer = consumer,
                 .model = model,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100,
                 .cached_cases_max = 100}};
  SettableClock clock{HourOf(On("2026-03-02"), 12, module.definition().zone)};
  query::CaseReader cases{
      {.model = model, .workflow = workflow, .clock = clock, .shard_count = kShards}};
  query::AuditReader audit{{.workflow = workflow, .model = model, .shard_count = kShards}};
};

template <class Response>
const Response& Ok(const query::Reply<Response>& reply) {
  if (const auto* error = std::get_if<host::ErrorReply>(&reply)) {
    ADD_FAILURE() << error->reason << ": " << error->message;
    static const Response kEmpty;
    return kEmpty;
  }
  return std::get<Response>(reply);
}

template <class Response>
std::string Reason(const query::Reply<Response>& reply) {
  const auto* error = std::get_if<host::ErrorReply>(&reply);
  return error == nullptr ? "OK" : error->reason;
}

template <class Response>
std::string Message(const query::Reply<Response>& reply) {
  const auto* error = std::get_if<host::ErrorReply>(&reply);
  return error == nullptr ? "OK" : error->message;
}

}  // namespace apdr::testing
