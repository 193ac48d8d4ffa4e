#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "engine/codec/event_codec.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::testing {

// An authority whose cases are decided and logged, in one thread. Commands are the example ones, a
// day at a time. What folds the log is for whoever derives.
class SenDesk : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kShards = 3;

  SenDesk() : workflow(module), store(kShards), desk(workflow, store) {}

  static StreamId Case(int number = 1, std::string tenant = "t1") {
    return {TenantId(std::move(tenant)),
            CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
  }
  static std::string Id(int number = 1) { return Case(number).case_id.value(); }

  static host::Caller As(std::string role, std::string tenant = "t1") {
    return {.tenant = TenantId(std::move(tenant)),
            .actor_id = "p-17",
            .role = std::move(role),
            .setting_id = "",
            .on_behalf_of = "",
            .traceparent = ""};
  }

  // How a command differs from the example, and who sends it.
  template <class C>
  struct With {
    std::function<void(C&)> edit = [](C&) {};
    std::string role = "senco";
    std::string recorded_on = {};  // Empty: on the day it happened.
    std::vector<std::string> departures = {};
  };

  template <class C>
  void Send(const StreamId& stream, std::string_view on, const With<C>& with = {}) {
    const core::State none = workflow.NewState();
    const core::State& state = started_.contains(stream) ? desk.state(stream) : none;
    const auto message =
        sen::examples::Minimal(sen::TypeOf<C>(), {.case_id = stream.case_id.value(),
                                                  .occurred_on = On(on),
                                                  .state = state,
                                                  .policy = module.policy()});
    C command = *static_cast<const C*>(message.get());
    with.edit(command);
    core::Command sent = ACommand(std::move(command), On(on));
    for (const std::string& code : with.departures) {
      sent.departures.push_back({code, "There was no other way on that day.", ""});
    }
    started_.insert(stream);
    const core::Decision decision =
        desk.Execute(stream, sent, On(with.recorded_on.empty() ? on : with.recorded_on),
                     {.id = "p-17", .role = with.role, .setting_id = "", .on_behalf_of = ""});
    if (const auto* rejection = std::get_if<core::Rejection>(&decision)) {
      ADD_FAILURE() << sen::TypeOf<C>() << " on " << on << ": " << rejection->code();
    }
  }
  template <class C>
  void Send(int number, std::string_view on, const With<C>& with = {}) {
    Send<C>(Case(number), on, with);
  }

  // An event that no command of a test can bring about: as if it had been decided. The last of its
  // case.
  template <class E>
  void Append(const StreamId& stream, std::string_view on, E event) {
    const CaseVersion version(desk.state(stream).version.value() + 1);
    core::Event happened;
    happened.payload = codec::MakePayload(std::move(event));
    happened.occurred_on = On(on);
    const codec::EventHeader header{
        .event_id = absl::StrCat("appended-", version.value()),
        .stream = stream,
        .version = version,
        .actor = {.id = "p-17", .role = "senco", .setting_id = "", .on_behalf_of = ""},
        .recorded_at = HourOf(On(on), 12, workflow.definition().zone),
        .request_id = RequestId("appended"),
        .correlation_id = "",
        .causation_id = "",
        .traceparent = ""};
    AppendBytes(store, stream, version, codec::EventEncoder().Encode(header, happened));
  }

  template <class E>
  void Append(int number, std::string_view on, E event) {
    Append(Case(number), on, std::move(event));
  }

  // Needs assessed on 15 October and the plan agreed on 22 October
  // 2025, to be reviewed on 12 December.
  void AssessAndAgreePlan(int number, const std::function<void(sen::v1::PlanContent&)>& edit = {}) {
    Send<sen::v1::StartAssessment>(number, "2025-10-08");
    Send<sen::v1::ReviewExistingInformation>(number, "2025-10-08");
    Send<sen::v1::DecideFurtherAssessment>(number, "2025-10-08");
    Send<sen::v1::RecordChildViews>(number, "2025-10-09");
    Send<sen::v1::RecordParentViews>(number, "2025-10-09");
    Send<sen::v1::RecordProgress>(number, "2025-10-10");
    Send<sen::v1::CompleteAssessment>(number, "2025-10-15");
    Send<sen::v1::ConfirmParticipants>(number, "2025-10-20");
    const int participants = sen::CaseOf(desk.state(Case(number))).current().participants_size();
    for (int i = 0; i < participants; ++i) {
      Send<sen::v1::RecordContribution>(number, "2025-10-21");
    }
    Send<sen::v1::AgreePlan>(number, "2025-10-22", {.edit = [&](sen::v1::AgreePlan& command) {
                               command.mutable_plan()->set_review_on("2025-12-12");
                               if (edit) edit(*command.mutable_plan());
                             }});
  }

  template <class Response>
  static const Response& Ok(const query::Reply<Response>& reply) {
    if (const auto* error = std::get_if<host::ErrorReply>(&reply)) {
      ADD_FAILURE() << error->reason << ": " << error->message;
      static const Response kEmpty;
      return kEmpty;
    }
    return std::get<Response>(reply);
  }

  template <class Response>
  static std::string Reason(const query::Reply<Response>& reply) {
    const auto* error = std::get_if<host::ErrorReply>(&reply);
    return error == nullptr ? "OK" : error->reason;
  }

  sen::SenModule module{sen::Code2015()};
  core::Workflow workflow;
  eventstore::MemoryEventStore store;
  LoanDesk desk;
  bus::LogRecordSource source{store};
  bus::EmbeddedConsumer consumer{source};
  readmodel::MemoryReadModel model;

 private:
  std::set<StreamId> started_;
};

}  // namespace apdr::testing
