#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/status.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace apdr::client {

// Exit codes of every command.
inline constexpr int kExitOk = 0;
inline constexpr int kExitRefused = 1;      // Refused by the server, or not as expected.
inline constexpr int kExitUsage = 2;        // The command line or a file it names is wrong.
inline constexpr int kExitUnreachable = 3;  // No server there.

// Who calls, as the metadata says it. Every part is a code (engine/base/code.h).
struct Identity {
  std::string tenant;
  std::string actor;
  std::string role;
  std::string setting;  // May be empty.
  std::string on_behalf_of;
};

// kInvalidArgument names the part of the identity that is no code, and does not repeat what it
// holds. Empty parts are for the server to judge.
[[nodiscard]] absl::Status CheckIdentity(const Identity& identity);

// How long one call may take.
inline constexpr absl::Duration kCallTimeout = absl::Seconds(30);

// How soon at least a channel looks again for a server that has gone. Clients here are too few for
// a server that comes back to suffer from it.
inline constexpr absl::Duration kReconnectMax = absl::Seconds(1);
[[nodiscard]] grpc::ChannelArguments ChannelArgumentsOfClients();
[[nodiscard]] std::shared_ptr<grpc::Channel> OpenChannel(const std::string& server);

// Sets the caller's metadata and a deadline; an infinite `timeout` sets none.
// REQUIRES: CheckIdentity(identity).ok(); gRPC ends the process over other metadata.
void Prepare(const Identity& identity, absl::Duration timeout, grpc::ClientContext& context);

// An error as the server says it.
struct Failure {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string reason;  // "PARENT_NOT_NOTIFIED"; empty when it came from no server of ours.
  std::string message;
  std::map<std::string, std::string> metadata;
};

[[nodiscard]] Failure ReadFailure(const grpc::Status& status);

// kExitUnreachable when no server answered, else kExitRefused.
[[nodiscard]] int ExitCodeFor(const Failure& failure);

// "PARENT_NOT_NOTIFIED: Expected to agree the plan, but ...", or that no server is there.
[[nodiscard]] std::string DescribeFailure(const Failure& failure, const std::string& server);

}  // namespace apdr::client
