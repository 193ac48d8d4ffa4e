// The command path alone: the gRPC service, the handler, a store, three loops; and the benchmark's
// client, so that both come from one build.
//   bench_server serve --data /var/tmp/bench --listen 127.0.0.1:7400
//   bench_server bench --server 127.0.0.1:7400 --server-pid $(pidof -s bench_server)

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "engine/base/random.h"
#include "engine/domains/sen_support/policy.h"
#include "engine/domains/sen_support/sen_module.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "services/bench/bench_command.h"
#include "services/command/command_handler.h"
#include "services/command/command_service.h"
#include "services/host/grpc_host.h"
#include "services/host/stop_signal.h"
#include "services/host/worker_loop.h"

namespace apdr {
namespace {

struct ServeOptions {
  std::string data;
  std::string listen = "127.0.0.1:7400";
};

int Serve(const ServeOptions& options) {
  host::StopSignal stop;
  const sen::SenModule domain(sen::Code2015());
  const core::Workflow workflow(domain);
  Wakeup indexer_wakeup;
  eventstore::RocksDbEventStore::Options store_options;
  store_options.path = options.data;
  store_options.on_durable = [&] { indexer_wakeup.Notify(); };
  auto opened = eventstore::RocksDbEventStore::Open(std::move(store_options));
  if (!opened.ok()) {
    std::cerr << opened.status() << "\n";
    return 1;
  }
  eventstore::RocksDbEventStore& store = **opened;
  const SystemClock clock;
  PseudoRandom random;
  UuidV7Source ids(clock, random);
  command::CommandHandler handler({workflow, store, &store, clock, ids}, {});
  const command::RequestParser parser(workflow, clock);
  const std::unique_ptr<grpc::Service> service = command::MakeCommandService(handler, parser);

  host::WorkerLoop indexer(store.indexer(), &indexer_wakeup,
                           {.name = "indexer", .pace = absl::Seconds(2), .nice = 5},
                           host::FailStop);
  host::WorkerLoop committer(handler.committer(), &handler.committer_wakeup(),
                             {.name = "committer"}, host::FailStop);
  host::WorkerLoop decider(handler.decider(), &handler.decider_wakeup(), {.name = "decider"},
                           host::FailStop);
  auto server =
      host::GrpcHost::Start(options.listen, {{"apdr.command.v1.CommandService", service.get()}});
  if (!server.ok()) {
    std::cerr << server.status() << "\n";
    return 1;
  }
  std::cerr << "serving at " << (*server)->address() << std::endl;
  static_cast<void>(stop.Wait());
  (*server)->Stop(absl::Seconds(1));
  return 0;
}

}  // namespace
}  // namespace apdr

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("The command path and its benchmark", "bench_server");
  app.require_subcommand(1);
  apdr::ServeOptions serve;
  CLI::App* serve_command = app.add_subcommand("serve", "Serve commands on a RocksDB store");
  serve_command->add_option("--data", serve.data, "Folder of the store")->required();
  serve_command->add_option("--listen", serve.listen, "Address")->capture_default_str();
  apdr::bench::BenchOptions bench;
  CLI::App* bench_command = app.add_subcommand("bench");
  apdr::bench::DescribeBenchCommand(*bench_command, bench);
  CLI11_PARSE(app, argc, argv);
  if (serve_command->parsed()) return apdr::Serve(serve);
  return apdr::bench::RunBenchCommand(bench, std::cout, std::cerr);
}
