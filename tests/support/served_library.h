#pragma once

#include <grpcpp/create_channel.h>

#include <memory>
#include <string>
#include <vector>

#include "apdr/command/v1/command_service.grpc.pb.h"
#include "apdr/command/v1/demo_clock_service.grpc.pb.h"
#include "apdr/command/v1/subscription_service.grpc.pb.h"
#include "apdr/error/v1/error_info.pb.h"
#include "services/command/command_service.h"
#include "services/command/request_parser.h"
#include "services/command/subscription_service.h"
#include "services/host/grpc_host.h"
#include "services/host/worker_loop.h"
#include "services/timer/demo_clock_service.h"
#include "tests/support/command_side.h"

namespace apdr::testing {

// Names a librarian of tenant t1 in the call's metadata.
inline void NameCaller(grpc::ClientContext& context, const std::string& tenant = "t1",
                       const std::string& role = "librarian") {
  context.AddMetadata("apdr-tenant", tenant);
  context.AddMetadata("apdr-actor", "p-17");
  context.AddMetadata("apdr-role", role);
}

// The ErrorInfo of a status; empty when it holds none.
[[nodiscard]] inline error::v1::ErrorInfo InfoOf(const grpc::Status& status) {
  error::v1::StatusDetails details;
  error::v1::ErrorInfo info;
  if (details.ParseFromString(status.error_details()) && details.details_size() == 1) {
    info.ParseFromString(details.details(0).value());
  }
  return info;
}

// The command role of one library behind real gRPC on a free loopback port, on the memory store.
class ServedLibrary {
 public:
  explicit ServedLibrary(const command::HandlerOptions& options = {})
      : side(options),
        parser_(side.workflow, side.clock),
        command_service_(command::MakeCommandService(*side.handler, parser_)),
        subscriptions(side.store, side.workflow),
        demo_clock_service_(timer::MakeDemoClockService(side.clock, side.workflow.definition().zone,
                                                        side.store, *side.handler)),
        host(StartHost()),
        channel(grpc::CreateChannel(host->address(), grpc::InsecureChannelCredentials())),
        commands(command::v1::CommandService::NewStub(channel)),
        subscription(command::v1::SubscriptionService::NewStub(channel)),
        demo_clock(command::v1::DemoClockService::NewStub(channel)) {
    Drive(side.handler->decider(), side.handler->decider_wakeup(), "decider");
    Drive(side.handler->committer(), side.handler->committer_wakeup(), "committer");
    Drive(subscriptions.worker(), subscriptions.wakeup(), "subscriptions");
  }
  ~ServedLibrary() {
    subscriptions.CloseAll();
    host->Stop(absl::Seconds(10));
    for (const auto& loop : loops_) loop->Stop();
  }
  ServedLibrary(const ServedLibrary&) = delete;
  ServedLibrary& operator=(const ServedLibrary&) = delete;

  // A request of tenant t1 as a client writes it.
  template <class M>
  [[nodiscard]] static command::v1::ExecuteRequest Request(std::string id, std::uint64_t loan,
                                                           const M& command) {
    command::v1::ExecuteRequest request;
    request.set_request_id(std::move(id));
    request.set_case_id(Loan(loan).case_id.value());
    request.mutable_command()->PackFrom(command);
    return request;
  }

  grpc::Status Execute(const command::v1::ExecuteRequest& request,
                       command::v1::ExecuteResponse* response) {
    grpc::ClientContext context;
    NameCaller(context);
    return commands->Execute(&context, request, response);
  }

  CommandSide side;

 private:
  std::unique_ptr<host::GrpcHost> StartHost() {
    auto started = host::GrpcHost::Start(
        "127.0.0.1:0", {{"apdr.command.v1.CommandService", command_service_.get()},
                        {"apdr.command.v1.SubscriptionService", &subscriptions.service()},
                        {"apdr.command.v1.DemoClockService", demo_clock_service_.get()}});
    APDR_CHECK(started.ok());
    return *std::move(started);
  }
  // Looks only when it is woken: a wakeup that is missing shows.
  void Drive(Worker& worker, Wakeup& wakeup, std::string name) {
    host::LoopOptions options{.name = std::move(name)};
    options.idle_max = absl::Hours(1);
    loops_.push_back(std::make_unique<host::WorkerLoop>(
        worker, &wakeup, std::move(options), [](std::string_view, const absl::Status&) {}));
  }

  command::RequestParser parser_;
  std::unique_ptr<grpc::Service> command_service_;

 public:
  command::SubscriptionService subscriptions;

 private:
  std::unique_ptr<grpc::Service> demo_clock_service_;

 public:
  std::unique_ptr<host::GrpcHost> host;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<command::v1::CommandService::Stub> commands;
  std::unique_ptr<command::v1::SubscriptionService::Stub> subscription;
  std::unique_ptr<command::v1::DemoClockService::Stub> demo_clock;

 private:
  std::vector<std::unique_ptr<host::WorkerLoop>> loops_;
};

}  // namespace apdr::testing
