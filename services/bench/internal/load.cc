#include "services/bench/internal/load.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace apdr::bench {
namespace {

constexpr absl::Duration kConnectPatience = absl::Seconds(5);

}  // namespace

absl::StatusOr<Target> Target::Connect(const std::string& address, Answers answers) {
  Target target;
  target.answers_ = answers;
  for (std::size_t i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    // Else all channels to one address share one connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    target.channels_.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  const auto deadline = absl::ToChronoTime(absl::Now() + kConnectPatience);
  for (const auto& channel : target.channels_) {
    if (!channel->WaitForConnected(deadline)) {
      return absl::UnavailableError(
          absl::StrCat("Expected a server at ", address, ", but nobody answers there."));
    }
  }
  return target;
}

}  // namespace apdr::bench
