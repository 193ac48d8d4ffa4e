#include "services/client/connection.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "apdr/error/v1/error_info.pb.h"
#include "engine/base/code.h"

namespace apdr::client {
namespace {

constexpr char kErrorInfoType[] = "google.rpc.ErrorInfo";

void AddUnlessEmpty(const char* key, const std::string& value, grpc::ClientContext& context) {
  if (!value.empty()) context.AddMetadata(key, value);
}

}  // namespace

absl::Status CheckIdentity(const Identity& identity) {
  for (const auto& [part, value] :
       {std::pair("tenant", &identity.tenant), std::pair("id", &identity.actor),
        std::pair("role", &identity.role), std::pair("setting", &identity.setting),
        std::pair("on_behalf_of", &identity.on_behalf_of)}) {
    if (value->empty() || IsCode(*value)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("Expected the caller's ", part,
                     " to be 1 to 64 of A-Z a-z 0-9 . _ : -, but it holds "
                     "something else."));
  }
  return absl::OkStatus();
}

grpc::ChannelArguments ChannelArgumentsOfClients() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS,
                   static_cast<int>(absl::ToInt64Milliseconds(kReconnectMax)));
  return arguments;
}

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& server) {
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(),
                                   ChannelArgumentsOfClients());
}

void Prepare(const Identity& identity, absl::Duration timeout, grpc::ClientContext& context) {
  AddUnlessEmpty("apdr-tenant", identity.tenant, context);
  AddUnlessEmpty("apdr-actor", identity.actor, context);
  AddUnlessEmpty("apdr-role", identity.role, context);
  AddUnlessEmpty("apdr-setting", identity.setting, context);
  AddUnlessEmpty("apdr-on-behalf-of", identity.on_behalf_of, context);
  if (timeout == absl::InfiniteDuration()) return;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

Failure ReadFailure(const grpc::Status& status) {
  Failure failure;
  failure.code = status.error_code();
  failure.message = status.error_message();
  error::v1::StatusDetails details;
  if (!details.ParseFromString(status.error_details())) return failure;
  for (const google::protobuf::Any& detail : details.details()) {
    error::v1::ErrorInfo info;
    if (!detail.type_url().ends_with(kErrorInfoType) || !info.ParseFromString(detail.value())) {
      continue;
    }
    failure.reason = info.reason();
    failure.metadata.insert(info.metadata().begin(), info.metadata().end());
  }
  return failure;
}

int ExitCodeFor(const Failure& failure) {
  const bool nobody_answered = failure.code == grpc::StatusCode::UNAVAILABLE ||
                               failure.code == grpc::StatusCode::DEADLINE_EXCEEDED;
  return nobody_answered && failure.reason.empty() ? kExitUnreachable : kExitRefused;
}

std::string DescribeFailure(const Failure& failure, const std::string& server) {
  if (ExitCodeFor(failure) == kExitUnreachable) {
    return absl::StrCat("Expected to reach an apdr server at ", server, ", but none answered (",
                        failure.message, "). Start one with: apdr serve");
  }
  if (failure.code == grpc::StatusCode::UNIMPLEMENTED) {
    return absl::StrCat("Expected the server at ", server,
                        " to offer this, but it does not: see its --roles.");
  }
  return failure.reason.empty() ? failure.message
                                : absl::StrCat(failure.reason, ": ", failure.message);
}

}  // namespace apdr::client
