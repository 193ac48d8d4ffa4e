#include "services/host/grpc_host.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace apdr::host {
namespace {

// Bounds what the transport buffers for all connections together.
constexpr std::size_t kTransportBytesMax = 512U << 20;

struct HostPort {
  std::string host;
  std::string port;
};

HostPort Split(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return {.host = address, .port = {}};
  return {.host = address.substr(0, colon), .port = address.substr(colon + 1)};
}

bool IsPort(const std::string& text) {
  int port = -1;
  return absl::SimpleAtoi(text, &port) && port >= 0 && port <= 65535;
}

// Four decimal bytes of which the first is 127: "127.evil.example" is a name, not an address.
bool IsLoopbackIpv4(const std::string& host) {
  int parts = 0;
  std::size_t begin = 0;
  while (begin <= host.size()) {
    const std::size_t dot = std::min(host.find('.', begin), host.size());
    int value = -1;
    if (!absl::SimpleAtoi(host.substr(begin, dot - begin), &value)) return false;
    if (value < 0 || value > 255 || (parts == 0 && value != 127)) return false;
    ++parts;
    begin = dot + 1;
  }
  return parts == 4;
}

}  // namespace

absl::Status CheckListenAddress(std::string_view address) {
  const auto [host, port] = Split(std::string(address));
  if (!IsPort(port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Expected to listen on HOST:PORT such as 127.0.0.1:7400, but got ",
                     std::string(address), "."));
  }
  if (host == "localhost" || host == "[::1]" || IsLoopbackIpv4(host)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "Expected to listen on a loopback address (127.0.0.1, [::1], localhost), but ", host,
      " can be reached from other machines, where anyone could call as anyone: other addresses need"
      " TLS, which this version does not have."));
}

absl::StatusOr<std::unique_ptr<GrpcHost>> GrpcHost::Start(
    std::string_view address, const std::vector<ServedService>& services, Polling polling) {
  if (absl::Status fit = CheckListenAddress(address); !fit.ok()) return fit;
  static const bool plugins_ready = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(plugins_ready);

  grpc::ServerBuilder builder;
  int port = 0;
  const std::string listen(address);
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  // Two servers on one port would share its callers at random.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kReceiveBytesMax);
  builder.SetResourceQuota(grpc::ResourceQuota("apdr").Resize(kTransportBytesMax));
  for (const ServedService& served : services) {
    if (served.service != nullptr) builder.RegisterService(served.service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat(
        "Expected to listen on ", listen, ", but the port is taken or the address is not here."));
  }
  for (const ServedService& served : services) {
    server->GetHealthCheckService()->SetServingStatus(served.name, served.service != nullptr);
  }
  std::unique_ptr<GrpcHost> host(
      new GrpcHost(absl::StrCat(Split(listen).host, ":", port), std::move(server)));
  if (polling == Polling::kOneThread) host->hold_.emplace();
  return host;
}

GrpcHost::GrpcHost(std::string address, std::unique_ptr<grpc::Server> server)
    : address_(std::move(address)), server_(std::move(server)) {}

GrpcHost::~GrpcHost() { Stop(absl::ZeroDuration()); }

void GrpcHost::SetServing(const std::string& name, bool serving) {
  const absl::MutexLock lock(&mutex_);
  if (!stopping_) server_->GetHealthCheckService()->SetServingStatus(name, serving);
}

void GrpcHost::Stop(absl::Duration grace) {
  if (server_ == nullptr) return;
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    server_->GetHealthCheckService()->SetServingStatus(false);
  }
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  hold_.reset();
  server_.reset();
}

}  // namespace apdr::host
