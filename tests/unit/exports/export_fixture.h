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
#include "absl/strings/str_join.h"
#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "engine/base/settable_clock.h"
#include "engine/codec/event_codec.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/exports/export_reader.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr::testing {

// A permanent UPN of authority 801, with its check letter.
[[nodiscard]] inline std::string UpnNumber(int number) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
  const std::string digits = absl::StrFormat("8012999%05d", number);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    sum += (i + 2) * static_cast<std::size_t>(digits[i] - '0');
  }
  return kLetters[sum % kLetters.size()] + digits;
}

// An authority whose cases are decided, logged, folded and exported, in one thread. Commands are
// the example ones, a day at a time. The clock stands on 30 June 2026.
class ExportFixture : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kShards = 3;

  ExportFixture() : workflow(module), store(kShards), desk(workflow, store) {}

  static StreamId Case(int number, std::string tenant = "t1") {
    return {TenantId(std::move(tenant)),
            CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
  }
  static std::string Id(int number) { return Case(number).case_id.value(); }

  static host::Caller ACaller(std::string role = "senco", std::string tenant = "t1") {
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

  void Register(int number, const std::function<void(sen::v1::Registration&)>& edit = {}) {
    Send<sen::v1::RegisterChild>(
        Case(number), "2025-09-02", {.edit = [&](sen::v1::RegisterChild& command) {
          sen::v1::Identifier& upn = *command.mutable_registration()->add_identifiers();
          upn.set_type(sen::v1::IDENTIFIER_TYPE_UPN);
          upn.set_value(UpnNumber(number));
          if (edit) edit(*command.mutable_registration());
        }});
    Send<sen::v1::LinkParentCarer>(Case(number), "2025-09-02");
    Send<sen::v1::AssignResponsibleTeacher>(Case(number), "2025-09-02");
  }

  // On SEN Support since 6 October 2025.
  void StartSupport(int number, const std::vector<sen::v1::Need>& needs) {
    Send<sen::v1::RaiseConcern>(Case(number), "2025-09-08");
    Send<sen::v1::AdaptTeaching>(Case(number), "2025-09-09");
    Send<sen::v1::ReviewAdaptation>(Case(number), "2025-10-03");
    Send<sen::v1::StartSenSupport>(Case(number), "2025-10-06",
                                   {.edit = [&](sen::v1::StartSenSupport& command) {
                                     command.mutable_start()->clear_needs();
                                     for (const sen::v1::Need& need : needs) {
                                       *command.mutable_start()->add_needs() = need;
                                     }
                                   }});
  }
  void StartSupport(int number) { StartSupport(number, {sen::examples::NeedOf("SPLD", 1)}); }

  // Assessed on 15 October, plan agreed on 22 October 2025.
  void AgreePlan(int number) {
    const StreamId stream = Case(number);
    Send<sen::v1::NotifyParent>(stream, "2025-10-07");
    Send<sen::v1::StartAssessment>(stream, "2025-10-08");
    Send<sen::v1::ReviewExistingInformation>(stream, "2025-10-08");
    Send<sen::v1::DecideFurtherAssessment>(stream, "2025-10-08");
    Send<sen::v1::RecordChildViews>(stream, "2025-10-09");
    Send<sen::v1::RecordParentViews>(stream, "2025-10-09");
    Send<sen::v1::RecordProgress>(stream, "2025-10-10");
    Send<sen::v1::CompleteAssessment>(stream, "2025-10-15");
    Send<sen::v1::ConfirmParticipants>(stream, "2025-10-20");
    const int participants = sen::CaseOf(desk.state(stream)).current().participants_size();
    for (int i = 0; i < participants; ++i) {
      Send<sen::v1::RecordContribution>(stream, "2025-10-21");
    }
    Send<sen::v1::AgreePlan>(stream, "2025-10-22", {.edit = [](sen::v1::AgreePlan& command) {
                               command.mutable_plan()->set_review_on("2025-12-12");
                             }});
  }

  // Everything sent so far is in the read model.
  void Fold() { side.RunUntilIdle(); }

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
  ReadSide side{{.workflow = workflow,
                 .consumer = consumer,
                 .model = model,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100,
                 .cached_cases_max = 100}};
  SettableClock clock{HourOf(On("2026-06-30"), 12, module.definition().zone)};
  exports::ExportReader reader{{.model = model,
                                .workflow = workflow,
                                .policy = module.policy(),
                                .clock = clock,
                                .shard_count = kShards}};

 private:
  std::set<StreamId> started_;
};

}  // namespace apdr::testing
