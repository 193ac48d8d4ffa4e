#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/id_source.h"
#include "engine/base/random.h"
#include "engine/base/settable_clock.h"
#include "engine/core/workflow.h"
#include "eventstore/rocksdb/rocksdb_event_store.h"
#include "services/apdr/serve_options.h"
#include "services/command/command_handler.h"
#include "services/command/request_parser.h"
#include "services/command/subscription_service.h"
#include "services/host/grpc_host.h"
#include "services/host/worker_loop.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"
#include "services/subscription/dispatcher.h"
#include "services/timer/timer_worker.h"

namespace apdr {

// The one process that writes: log, commands, timers, subscriptions of both kinds.
class CommandRole {
 public:
  // Opens the store in <data>/events and the subscriptions in <data>/subscriptions. Borrows the
  // workflow. Errors as RocksDbEventStore::Open; damaged subscriptions are refused, not made anew:
  // who has acknowledged what stands nowhere else.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<CommandRole>> Open(
      const ServeOptions& options, const core::Workflow& workflow);

  [[nodiscard]] eventstore::RocksDbEventStore& store() { return *store_; }
  [[nodiscard]] const Clock& clock() const { return *clock_; }
  // `wakeup` is notified after every durable append. Before StartLoops.
  void WakeOnDurable(Wakeup& wakeup) {
    on_durable_.emplace_back([&wakeup] { wakeup.Notify(); });
  }
  [[nodiscard]] std::vector<host::ServedService> Services();

  void StartLoops(const host::FailureHook& on_failure);
  // Ends what would keep the server from stopping.
  void CloseSubscriptions();
  // Once the server has stopped.
  void StopLoops();

 private:
  explicit CommandRole(const core::Workflow& workflow) : workflow_(workflow) {}

  // Chooses the clock: the machine's, or one that goes on where the demonstration stopped.
  absl::Status MakeClock(bool demo);
  void MakeParts(const command::HandlerOptions& handler);
  absl::Status OpenSubscriptions(const std::string& path);
  void Loop(Worker& worker, Wakeup* wakeup, host::LoopOptions options,
            const host::FailureHook& on_failure);

  const core::Workflow& workflow_;
  std::vector<std::function<void()>> on_durable_;  // Called after every durable append.
  Wakeup indexer_wakeup_;
  PseudoRandom random_;
  std::unique_ptr<eventstore::RocksDbEventStore> store_;
  const SystemClock system_clock_;
  std::unique_ptr<Clock> clock_;         // In whose time events are recorded.
  SettableClock* demo_clock_ = nullptr;  // clock_, if it is one.
  std::unique_ptr<UuidV7Source> ids_;
  std::unique_ptr<command::CommandHandler> handler_;
  std::unique_ptr<command::RequestParser> parser_;
  std::unique_ptr<timer::TimerWorker> timers_;
  std::unique_ptr<command::SubscriptionService> subscriptions_;
  std::unique_ptr<readmodel::RocksDbReadModel> durable_rows_;
  std::unique_ptr<subscription::Dispatcher> dispatcher_;
  std::unique_ptr<grpc::Service> durable_subscriptions_;
  std::unique_ptr<grpc::Service> command_service_;
  std::unique_ptr<grpc::Service> demo_clock_service_;
  // In the order in which they stop: what sends commands, what decides, what follows the log.
  std::vector<std::unique_ptr<host::WorkerLoop>> loops_;
};

}  // namespace apdr
