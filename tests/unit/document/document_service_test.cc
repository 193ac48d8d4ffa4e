#include "services/document/document_service.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/unit/document/case_fixture.h"

namespace apdr::document {
namespace {

using ::testing::HasSubstr;
using enum query::v1::DocumentKind;

// The service over gRPC inside this process, without a port.
class DocumentServiceTest : public CaseFixture {
 protected:
  DocumentServiceTest() : service_(reader_, side_.board) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = query::v1::DocumentService::NewStub(server_->InProcessChannel({}));
  }

  grpc::Status Call(const query::v1::GetDocumentRequest& request, bool named = true) {
    grpc::ClientContext context;
    if (named) {
      context.AddMetadata("apdr-tenant", "t1");
      context.AddMetadata("apdr-actor", "p-1");
      context.AddMetadata("apdr-role", "senco");
    }
    context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_REALTIME), gpr_time_from_millis(500, GPR_TIMESPAN)));
    return stub_->GetDocument(&context, request, &response_);
  }

  DocumentService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<query::v1::DocumentService::Stub> stub_;
  query::v1::GetDocumentResponse response_;
};

TEST_F(DocumentServiceTest, AnswersOverGrpc) {
  Register();
  side_.RunUntilIdle();
  const grpc::Status status = Call(ARequest(DOCUMENT_KIND_CHRONOLOGY));
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(response_.content(), HasSubstr("</html>"));
}

TEST_F(DocumentServiceTest, TellsOneThatIsBehindFromOneThatIsNot) {
  Register();
  side_.RunUntilIdle();
  query::v1::GetDocumentRequest request = ARequest(DOCUMENT_KIND_CHRONOLOGY);
  request.set_min_position(1);
  EXPECT_TRUE(Call(request).ok());
  request.set_min_position(1000);
  EXPECT_EQ(Call(request).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DocumentServiceTest, WantsToKnowWhoCalls) {
  EXPECT_EQ(Call(ARequest(DOCUMENT_KIND_CHRONOLOGY), false).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace apdr::document
