#include "services/client/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "apdr/error/v1/error_info.pb.h"

namespace apdr::client {
namespace {

using ::testing::HasSubstr;

grpc::Status ARefusal() {
  error::v1::ErrorInfo info;
  info.set_reason("READ_MODEL_BEHIND");
  info.set_domain("apdr");
  (*info.mutable_metadata())["position"] = "9";
  error::v1::StatusDetails details;
  auto* any = details.add_details();
  any->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any->set_value(info.SerializeAsString());
  return {grpc::StatusCode::UNAVAILABLE, "Expected to read.", details.SerializeAsString()};
}

TEST(ReadFailure, TakesReasonAndMetadataFromTheDetails) {
  const Failure failure = ReadFailure(ARefusal());

  EXPECT_EQ(failure.reason, "READ_MODEL_BEHIND");
  EXPECT_EQ(failure.metadata.at("position"), "9");
  EXPECT_EQ(DescribeFailure(failure, "x:1"), "READ_MODEL_BEHIND: Expected to read.");
}

TEST(ExitCodeFor, TellsAServersRefusalFromNoServer) {
  EXPECT_EQ(ExitCodeFor(ReadFailure(ARefusal())), kExitRefused);
  const Failure nobody = ReadFailure({grpc::StatusCode::UNAVAILABLE, "connection refused"});
  EXPECT_EQ(ExitCodeFor(nobody), kExitUnreachable);
  EXPECT_THAT(DescribeFailure(nobody, "127.0.0.1:7400"), HasSubstr("127.0.0.1:7400"));
}

// gRPC's own choice grows to two minutes: longer than an import waits.
TEST(OpenChannel, LooksEverySecondForAServerThatHasGone) {
  const grpc::ChannelArguments made = ChannelArgumentsOfClients();
  const grpc_channel_args arguments = made.c_channel_args();
  std::map<std::string, int> numbers;
  for (std::size_t i = 0; i < arguments.num_args; ++i) {
    const grpc_arg& argument = arguments.args[i];
    if (argument.type == GRPC_ARG_INTEGER) numbers[argument.key] = argument.value.integer;
  }
  EXPECT_EQ(numbers["grpc.max_reconnect_backoff_ms"], 1000);
}

TEST(DescribeFailure, NamesTheRolesWhenAServiceIsNotOffered) {
  const Failure failure = ReadFailure({grpc::StatusCode::UNIMPLEMENTED, ""});

  EXPECT_THAT(DescribeFailure(failure, "127.0.0.1:7400"), HasSubstr("--roles"));
}

}  // namespace
}  // namespace apdr::client
