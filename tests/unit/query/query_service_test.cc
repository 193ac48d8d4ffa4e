#include "services/query/query_service.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "apdr/error/v1/error_info.pb.h"
#include "services/query/audit_service.h"
#include "tests/unit/query/library_fixture.h"

namespace apdr::query {
namespace {

using apdr::testing::ALoan;
using apdr::testing::LibraryFixture;
using apdr::testing::On;

const Date kMonday = On("2026-03-02");

// The services over gRPC inside this process, without a port.
class QueryServiceTest : public LibraryFixture {
 protected:
  QueryServiceTest() : query_service_(cases, side.board), audit_service_(audit) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&query_service_);
    builder.RegisterService(&audit_service_);
    server_ = builder.BuildAndStart();
    const auto channel = server_->InProcessChannel({});
    query_ = v1::QueryService::NewStub(channel);
    audit_stub_ = v1::AuditService::NewStub(channel);
  }

  static void NameCaller(grpc::ClientContext& context, const char* role = "librarian") {
    context.AddMetadata("apdr-tenant", "t1");
    context.AddMetadata("apdr-actor", "p-17");
    context.AddMetadata("apdr-role", role);
  }

  // The deadline is `from_now` later; the answer comes before it.
  grpc::Status GetCase(std::uint64_t min_position, gpr_timespec from_now,
                       v1::GetCaseResponse& response) {
    grpc::ClientContext context;
    NameCaller(context);
    context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_REALTIME), from_now));
    v1::GetCaseRequest request;
    request.set_case_id(Id(1));
    request.set_min_position(min_position);
    return query_->GetCase(&context, request, &response);
  }

  static std::string ReasonOf(const grpc::Status& status) {
    error::v1::StatusDetails details;
    error::v1::ErrorInfo info;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    EXPECT_EQ(details.details_size(), 1);
    EXPECT_TRUE(info.ParseFromString(details.details(0).value()));
    return info.reason();
  }

  QueryService query_service_;
  AuditService audit_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::QueryService::Stub> query_;
  std::unique_ptr<v1::AuditService::Stub> audit_stub_;
};

const gpr_timespec kLong = gpr_time_from_seconds(60, GPR_TIMESPAN);
const gpr_timespec kShort = gpr_time_from_millis(200, GPR_TIMESPAN);

TEST_F(QueryServiceTest, AnswersOverGrpc) {
  Do(Case(1), ALoan(), kMonday);
  v1::GetCaseResponse response;
  const grpc::Status status = GetCase(0, kLong, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.case_().stage(), "lent");
}

TEST_F(QueryServiceTest, AnswersEveryMethod) {
  Do(Case(1), ALoan(), kMonday);
  const auto ok = [](const grpc::Status& status) {
    EXPECT_TRUE(status.ok()) << status.error_message();
  };
  {
    grpc::ClientContext context;
    NameCaller(context);
    v1::GetChronologyRequest request;
    request.set_case_id(Id(1));
    v1::GetChronologyResponse response;
    ok(query_->GetChronology(&context, request, &response));
    EXPECT_EQ(response.events_size(), 1);
  }
  {
    grpc::ClientContext context;
    NameCaller(context);
    v1::ListCasesResponse response;
    ok(query_->ListCases(&context, {}, &response));
    EXPECT_EQ(response.cases_size(), 1);
  }
  {
    grpc::ClientContext context;
    NameCaller(context);
    v1::ListDueResponse response;
    ok(query_->ListDue(&context, {}, &response));
    EXPECT_EQ(response.items_size(), 1);
  }
  {
    grpc::ClientContext context;
    NameCaller(context);
    v1::ListEventsResponse response;
    ok(audit_stub_->ListEvents(&context, {}, &response));
    EXPECT_EQ(response.rows_size(), 1);
  }
}

TEST_F(QueryServiceTest, WaitsForThePositionAsked) {
  Write(Case(1), ALoan(), kMonday);
  auto answer = std::async(std::launch::async, [this] {
    v1::GetCaseResponse response;
    const grpc::Status status = GetCase(1, kLong, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  });
  Fold();
  const v1::GetCaseResponse response = answer.get();
  EXPECT_EQ(response.as_of_position(), 1U);
  EXPECT_EQ(response.case_().version(), 1U);
}

TEST_F(QueryServiceTest, SaysThatItIsBehindBeforeTheCallerGivesUp) {
  Do(Case(1), ALoan(), kMonday);
  v1::GetCaseResponse response;
  const grpc::Status status = GetCase(5, kShort, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "READ_MODEL_BEHIND");
}

TEST_F(QueryServiceTest, RefusesACallerWithoutAName) {
  grpc::ClientContext context;
  v1::ListCasesResponse response;
  const grpc::Status status = query_->ListCases(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "CALLER_UNKNOWN");
}

TEST_F(QueryServiceTest, RefusesANamelessCallerBeforeItWaits) {
  grpc::ClientContext context;
  v1::GetCaseRequest request;
  request.set_case_id(Id(1));
  request.set_min_position(5);
  v1::GetCaseResponse response;
  EXPECT_EQ(query_->GetCase(&context, request, &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(QueryServiceTest, GivesErrorsTheirCanonicalCodeAndReason) {
  v1::GetCaseResponse response;
  const grpc::Status unknown = GetCase(0, kLong, response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(unknown), "CASE_UNKNOWN");
  grpc::ClientContext context;
  NameCaller(context, "parent");
  v1::ListEventsResponse events;
  EXPECT_EQ(audit_stub_->ListEvents(&context, {}, &events).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace apdr::query
