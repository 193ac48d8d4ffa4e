#include "services/host/grpc_host.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "apdr/query/v1/audit_service.grpc.pb.h"

namespace apdr::host {
namespace {

using ::testing::HasSubstr;

TEST(CheckListenAddress, TakesLoopbackOnly) {
  for (const char* good : {"127.0.0.1:7400", "127.1.2.3:0", "localhost:7400", "[::1]:7400"}) {
    EXPECT_TRUE(CheckListenAddress(good).ok()) << good;
  }
  for (const char* bad : {"0.0.0.0:7400", "[::]:7400", "10.0.0.1:7400", "127.evil.example:7400",
                          "127.0.0.1.evil:1", "example.org:7400", "unix:/tmp/x:1", ":7400"}) {
    const absl::Status status = CheckListenAddress(bad);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("TLS")) << bad;
  }
}

TEST(CheckListenAddress, WantsAPort) {
  for (const char* bad : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"}) {
    EXPECT_THAT(std::string(CheckListenAddress(bad).message()), HasSubstr("HOST:PORT")) << bad;
  }
}

class NoRows final : public query::v1::AuditService::Service {
  grpc::Status ListEvents(grpc::ServerContext*, const query::v1::ListEventsRequest*,
                          query::v1::ListEventsResponse*) override {
    return grpc::Status::OK;
  }
};

TEST(GrpcHost, ServesOnAFreePortUntilStopped) {
  NoRows service;
  auto host = GrpcHost::Start("127.0.0.1:0", {{"apdr.query.v1.AuditService", &service}});
  ASSERT_TRUE(host.ok()) << host.status();
  const auto stub = query::v1::AuditService::NewStub(
      grpc::CreateChannel((*host)->address(), grpc::InsecureChannelCredentials()));
  const auto call = [&] {
    grpc::ClientContext context;
    query::v1::ListEventsResponse response;
    return stub->ListEvents(&context, {}, &response).error_code();
  };

  EXPECT_EQ(call(), grpc::StatusCode::OK);
  (*host)->Stop(absl::Seconds(5));
  EXPECT_EQ(call(), grpc::StatusCode::UNAVAILABLE);
}

TEST(GrpcHost, RefusesAPortThatIsTaken) {
  NoRows service;
  const auto first = GrpcHost::Start("127.0.0.1:0", {{"apdr.query.v1.AuditService", &service}});
  ASSERT_TRUE(first.ok()) << first.status();
  NoRows other;

  const auto second =
      GrpcHost::Start((*first)->address(), {{"apdr.query.v1.AuditService", &other}});

  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace apdr::host
