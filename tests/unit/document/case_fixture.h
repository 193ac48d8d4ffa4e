#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "apdr/sen/v1/assess.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/do.pb.h"
#include "apdr/sen/v1/governance.pb.h"
#include "apdr/sen/v1/plan.pb.h"
#include "apdr/sen/v1/profile.pb.h"
#include "apdr/sen/v1/registration.pb.h"
#include "apdr/sen/v1/review.pb.h"
#include "engine/domains/sen_support/examples.h"
#include "engine/domains/sen_support/sen_module.h"
#include "engine/domains/sen_support/sen_state.h"
#include "engine/domains/sen_support/sen_terms.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/document/document_reader.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "tests/support/library_loan_domain/loan_desk.h"
#include "tests/support/read_side.h"

namespace apdr::document {

inline constexpr char kCase[] = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";

// One invented child's case that is decided, logged, folded and read, in one thread.
class CaseFixture : public ::testing::Test {
 protected:
  CaseFixture()
      : module_(sen::Code2015()), workflow_(module_), store_(1), desk_(workflow_, store_) {}

  // The minimal content of a command on that date.
  template <class Command>
  Command Example(std::string_view on) {
    const auto message = sen::examples::Minimal(sen::TypeOf<Command>(),
                                                {.case_id = kCase,
                                                 .occurred_on = apdr::testing::On(on),
                                                 .state = started_ ? desk_.state(stream_) : new_,
                                                 .policy = module_.policy()});
    return *static_cast<const Command*>(message.get());
  }

  template <class Command>
  void Do(std::string_view on, Command command) {
    core::Command decided{.payload = codec::MakePayload(std::move(command)),
                          .occurred_on = apdr::testing::On(on),
                          .expected = core::AnyVersion{},
                          .departures = {}};
    const core::Decision decision =
        desk_.Execute(stream_, decided, apdr::testing::On(on),
                      {.id = "actor", .role = "senco", .setting_id = "", .on_behalf_of = ""});
    const auto* rejection = std::get_if<core::Rejection>(&decision);
    ASSERT_EQ(rejection, nullptr) << rejection->code();
    started_ = true;
  }
  template <class Command>
  void Do(std::string_view on) {
    Do(on, Example<Command>(on));
  }

  void Register() {
    Do<sen::v1::RegisterChild>("2025-09-02");
    Do<sen::v1::LinkParentCarer>("2025-09-02");
    Do<sen::v1::AssignResponsibleTeacher>("2025-09-02");
  }

  // One whole cycle.
  void PlayACycle() {
    Register();
    Do<sen::v1::RaiseConcern>("2025-09-08");
    Do<sen::v1::AdaptTeaching>("2025-09-09");
    Do<sen::v1::ReviewAdaptation>("2025-10-03");
    Do<sen::v1::StartSenSupport>("2025-10-06");
    Do<sen::v1::NotifyParent>("2025-10-07");
    Do<sen::v1::CreateOnePageProfile>("2025-10-07");
    Do<sen::v1::StartAssessment>("2025-10-08");
    Do<sen::v1::ReviewExistingInformation>("2025-10-08");
    Do<sen::v1::DecideFurtherAssessment>("2025-10-08");
    Do<sen::v1::RecordChildViews>("2025-10-09");
    Do<sen::v1::RecordParentViews>("2025-10-09");
    Do<sen::v1::RecordProgress>("2025-10-10");
    Do<sen::v1::CompleteAssessment>("2025-10-15");
    Do<sen::v1::ConfirmParticipants>("2025-10-20");
    const int participants = sen::CaseOf(desk_.state(stream_)).current().participants_size();
    for (int i = 0; i < participants; ++i) Do<sen::v1::RecordContribution>("2025-10-21");
    auto agree = Example<sen::v1::AgreePlan>("2025-10-22");
    agree.mutable_plan()->set_review_on("2025-12-12");
    Do("2025-10-22", agree);
    Do<sen::v1::SharePlan>("2025-10-23");
    Do<sen::v1::StartSupport>("2025-11-03");
    Do<sen::v1::HoldReview>("2025-12-12");
    Do<sen::v1::ShareReviewRecord>("2025-12-15");
    side_.RunUntilIdle();
  }

  static query::v1::GetDocumentRequest ARequest(query::v1::DocumentKind kind) {
    query::v1::GetDocumentRequest request;
    request.set_case_id(kCase);
    request.set_kind(kind);
    return request;
  }

  static host::Caller ACaller(std::string role = "senco", std::string actor = "p-1") {
    return {.tenant = TenantId("t1"),
            .actor_id = std::move(actor),
            .role = std::move(role),
            .setting_id = "",
            .on_behalf_of = "",
            .traceparent = ""};
  }

  query::v1::GetDocumentResponse Get(const query::v1::GetDocumentRequest& request,
                                     const host::Caller& caller = ACaller()) {
    const auto reply = reader_.GetDocument(caller, request);
    if (const auto* error = std::get_if<host::ErrorReply>(&reply)) {
      ADD_FAILURE() << error->reason << ": " << error->message;
      return {};
    }
    return std::get<query::v1::GetDocumentResponse>(reply);
  }
  // "FIELD_INVALID: Expected to ..."; "OK".
  std::string Refusal(const query::v1::GetDocumentRequest& request,
                      const host::Caller& caller = ACaller()) {
    const auto reply = reader_.GetDocument(caller, request);
    const auto* error = std::get_if<host::ErrorReply>(&reply);
    return error == nullptr ? "OK" : error->reason + ": " + error->message;
  }

  const StreamId stream_{TenantId("t1"), CaseId(kCase)};
  sen::SenModule module_;
  core::Workflow workflow_;
  eventstore::MemoryEventStore store_;
  apdr::testing::LoanDesk desk_;
  const core::State new_ = workflow_.NewState();
  bool started_ = false;
  bus::LogRecordSource source_{store_};
  bus::EmbeddedConsumer consumer_{source_};
  readmodel::MemoryReadModel model_;
  apdr::testing::ReadSide side_{
      {.workflow = workflow_, .consumer = consumer_, .model = model_, .shard_count = 1}};
  DocumentReader reader_{{.model = model_, .workflow = workflow_, .shard_count = 1}};
};

}  // namespace apdr::document
