#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/base/settable_clock.h"
#include "engine/codec/event_codec.h"
#include "engine/core/evolve.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/command_side.h"
#include "tests/support/read_side.h"

namespace apdr::testing {

// SEN Support decided, logged, folded and readable, in one thread: command handler, memory store
// and read models under a clock that is moved by hand.
class SenOffice {
 public:
  explicit SenOffice(sen::Policy policy = sen::Code2015())
      : module(std::move(policy)),
        workflow(module),
        clock(HourOf(On("2025-09-01"), 12, workflow.definition().zone)),
        store(kShards) {}

  static constexpr std::uint32_t kShards = 2;

  static StreamId Case(std::uint64_t number = 1) { return Loan(number); }

  // Noon of a day; never back.
  void MoveTo(std::string_view date) {
    clock.AdvanceTo(HourOf(On(date), 12, workflow.definition().zone));
  }

  // The minimal content of a command for the case as it is.
  template <class C>
  C Example(const StreamId& stream = Case()) {
    const Date today = DateOf(clock.Now(), workflow.definition().zone);
    auto message = sen::examples::Minimal(sen::TypeOf<C>(), {.case_id = stream.case_id.value(),
                                                             .occurred_on = today,
                                                             .state = StateOf(stream),
                                                             .policy = module.policy()});
    return *static_cast<C*>(message.get());
  }

  // The outcome of a command of today, or said to be of another day.
  template <class C>
  command::Outcome Send(C message, std::string_view occurred_on = {},
                        const StreamId& stream = Case()) {
    command::Request request =
        ARequest(absl::StrCat("r", ++requests_), stream, std::move(message),
                 {.id = "p-1", .role = "senco", .setting_id = "", .on_behalf_of = ""});
    request.command.occurred_on =
        occurred_on.empty() ? DateOf(clock.Now(), workflow.definition().zone) : On(occurred_on);
    return command::ExecuteInline(handler, std::move(request));
  }

  // REQUIRES: the command is accepted. Returns its first event.
  template <class C>
  event::v1::Event Do(C message, std::string_view occurred_on = {},
                      const StreamId& stream = Case()) {
    const command::Outcome outcome = Send(std::move(message), occurred_on, stream);
    EXPECT_EQ(Verdict(outcome), "accepted") << sen::TypeOf<C>();
    const auto* accepted = std::get_if<command::Accepted>(&outcome);
    event::v1::Event event;
    if (accepted != nullptr && !accepted->events.empty()) {
      EXPECT_TRUE(event.ParseFromString(accepted->events.front()));
    }
    return event;
  }
  template <class C>
  event::v1::Event Do() {
    return Do(Example<C>());
  }

  // Into the read models.
  void Fold() { reads.RunUntilIdle(); }

  core::State StateOf(const StreamId& stream) {
    core::State state = workflow.NewState();
    const auto commits = store.ReadStream(stream, CaseVersion(1), 1000);
    EXPECT_TRUE(commits.ok());
    for (const eventstore::StoredCommit& commit : *commits) {
      for (const std::string& bytes : commit.commit.events) {
        const auto recorded = codec::DecodeEvent(bytes);
        EXPECT_TRUE(recorded.ok());
        core::Evolve(workflow, state, recorded->event);
      }
    }
    return state;
  }

  sen::SenModule module;
  core::Workflow workflow;
  SettableClock clock;
  eventstore::MemoryEventStore store;
  CountingIdSource ids;
  command::CommandHandler handler{
      {.workflow = workflow, .store = store, .snapshots = &store, .clock = clock, .ids = ids}, {}};
  bus::LogRecordSource source{store};
  bus::EmbeddedConsumer consumer{source};
  readmodel::MemoryReadModel model;
  ReadSide reads{
      {.workflow = workflow, .consumer = consumer, .model = model, .shard_count = kShards}};

 private:
  std::uint64_t requests_ = 0;
};

}  // namespace apdr::testing
