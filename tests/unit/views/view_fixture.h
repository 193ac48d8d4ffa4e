#pragma once

#include <gmock/gmock.h>
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
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/move.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/base/settable_clock.h"
#include "engine/codec/event_codec.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "services/views/reading.h"
#include "services/views/view_followers.h"
#include "services/views/view_table.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr::testing {

// An authority whose cases are decided, logged, folded into the views and read, in one thread.
// Commands are the example ones, a day at a time. The clock stands on 30 January 2026.
class ViewFixture : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kShards = 3;
  static constexpr char kSchool[] = "URN:199001";

  ViewFixture() : workflow(module), store(kShards), desk(workflow, store) {}

  static StreamId Case(int number = 1) {
    return {TenantId("t1"), CaseId(absl::StrFormat("018f0000-0000-7000-8000-%012d", number))};
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
  void Send(int number, std::string_view on, const With<C>& with = {}) {
    const StreamId stream = Case(number);
    const core::State none = workflow.NewState();
    const auto message = sen::examples::Minimal(
        sen::TypeOf<C>(), {.case_id = stream.case_id.value(),
                           .occurred_on = On(on),
                           .state = started_.contains(number) ? desk.state(stream) : none,
                           .policy = module.policy()});
    C command = *static_cast<const C*>(message.get());
    with.edit(command);
    core::Command sent = ACommand(std::move(command), On(on));
    for (const std::string& code : with.departures) {
      sent.departures.push_back({code, "There was no other way on that day.", ""});
    }
    started_.insert(number);
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
  void Append(int number, std::string_view on, E event) {
    const StreamId stream = Case(number);
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

  // As Amira Khan, known as Ami, of year 4.
  void Register(int number = 1) {
    Send<sen::v1::RegisterChild>(number, "2025-09-02", {.edit = [](auto& command) {
                                   auto& registration = *command.mutable_registration();
                                   registration.set_given_name("Amira");
                                   registration.set_family_name("Khan");
                                   registration.set_preferred_name("Ami");
                                   registration.set_nc_year("4");
                                   auto& setting = *registration.mutable_setting();
                                   setting.set_scheme(sen::v1::SETTING_SCHEME_URN);
                                   setting.set_value("199001");
                                 }});
    Send<sen::v1::LinkParentCarer>(number, "2025-09-02");
    Send<sen::v1::AssignResponsibleTeacher>(number, "2025-09-02");
  }

  // On SEN Support since 6 October 2025.
  void StartSenSupport(int number = 1) {
    Register(number);
    Send<sen::v1::RaiseConcern>(number, "2025-09-08");
    Send<sen::v1::AdaptTeaching>(number, "2025-09-09");
    Send<sen::v1::ReviewAdaptation>(number, "2025-10-03");
    Send<sen::v1::StartSenSupport>(number, "2025-10-06");
    Send<sen::v1::NotifyParent>(number, "2025-10-07");
  }

  // A plan agreed on 22 October 2025, to be reviewed on 12 December.
  void AgreePlan(int number = 1, const std::function<void(sen::v1::PlanContent&)>& edit = {}) {
    Send<sen::v1::CreateOnePageProfile>(number, "2025-10-07");
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
    Send<sen::v1::AgreePlan>(number, "2025-10-22", {.edit = [&](auto& command) {
                               command.mutable_plan()->set_review_on("2025-12-12");
                               if (edit) edit(*command.mutable_plan());
                             }});
  }

  // Two sessions of P1 given, one missed; reviewed three days late.
  void HoldReview(int number = 1) {
    Send<sen::v1::SharePlan>(number, "2025-10-23");
    Send<sen::v1::StartSupport>(number, "2025-11-03");
    for (const char* on : {"2025-11-04", "2025-11-05"}) {
      Send<sen::v1::RecordDelivery>(number, on, {.edit = [](auto& command) {
                                      command.mutable_delivery()->set_provision_id("P1");
                                      command.mutable_delivery()->set_minutes(20);
                                    }});
    }
    Send<sen::v1::RecordNonDelivery>(number, "2025-11-06", {.edit = [](auto& command) {
                                       command.mutable_non_delivery()->set_provision_id("P1");
                                     }});
    Send<sen::v1::HoldReview>(number, "2025-12-15");
  }

  // To another school, which takes the case over on 12 January 2026.
  void Move(int number = 1) {
    Send<sen::v1::TransferChild>(number, "2026-01-07");
    Send<sen::v1::SendTransferPackage>(number, "2026-01-08");
    Send<sen::v1::AcceptTransfer>(number, "2026-01-12");
  }

  // What a person puts right in the registration.
  void CorrectRegistration(int number, const std::string& field, const std::string& value) {
    const auto commits = store.ReadStream(Case(number), CaseVersion(1), 1);
    ASSERT_TRUE(commits.ok());
    event::v1::Event first;
    ASSERT_TRUE(first.ParseFromString(commits->front().commit.events.front()));
    sen::v1::RecordCorrected corrected;
    corrected.mutable_correction()->set_target_event_id(first.event_id());
    corrected.mutable_correction()->set_field(field);
    corrected.mutable_correction()->set_new_value(value);
    Append(number, "2026-01-20", corrected);
  }

  void Erase(int number) { Append(number, "2026-01-20", sen::v1::RecordErased()); }

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
  views::ViewFollowers followers{workflow, model, views::ViewTable()};
  ReadSide side{{.workflow = workflow,
                 .consumer = consumer,
                 .model = model,
                 .gaps = nullptr,
                 .shard_count = kShards,
                 .batch_records_max = 100,
                 .cached_cases_max = 100,
                 .followers = &followers}};
  SettableClock clock{HourOf(On("2026-01-30"), 12, module.definition().zone)};
  const views::Reading reading{
      .model = model, .workflow = workflow, .clock = clock, .shard_count = kShards};

 private:
  std::set<int> started_;
};

}  // namespace apdr::testing
