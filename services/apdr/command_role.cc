#include "services/apdr/command_role.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "engine/base/date.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/case_place.h"
#include "eventstore/newest_recorded_time.h"
#include "services/command/command_service.h"
#include "services/subscription/durable_subscription_service.h"
#include "services/timer/demo_clock_service.h"

namespace apdr {
namespace {

// A wakeup comes with every change, so an idle loop looks by itself only now and then.
constexpr absl::Duration kLookAnyway = absl::Seconds(1);
// Deadlines are hours of days: a timer that is half a second late is on time.
constexpr absl::Duration kTimerPace = absl::Milliseconds(500);
// What failed comes again after a second at the earliest.
constexpr absl::Duration kRetryPace = absl::Milliseconds(200);

// Until the indexes hold a commit the tail in memory answers for it, so many are indexed at a time;
// but under the highest load no more than the indexer takes in a step.
constexpr absl::Duration kIndexerPace = absl::Seconds(1);

// Followers of the log give way to commands.
constexpr int kFollowerNice = 5;

// Before anything that a demonstration plays: its clock only goes forward.
constexpr absl::CivilDay kDemoStart(2000, 1, 1);
constexpr int kDemoHour = 9;

}  // namespace

absl::StatusOr<std::unique_ptr<CommandRole>> CommandRole::Open(const ServeOptions& options,
                                                               const core::Workflow& workflow) {
  std::unique_ptr<CommandRole> role(new CommandRole(workflow));
  eventstore::RocksDbEventStore::Options store;
  store.path = options.data + "/events";
  store.shard_count = options.shards;
  store.demo_clock = options.demo_clock;
  store.on_durable = [calls = &role->on_durable_] {
    for (const auto& call : *calls) call();
  };
  APDR_ASSIGN_OR_RETURN(role->store_, eventstore::RocksDbEventStore::Open(std::move(store)));
  APDR_RETURN_IF_ERROR(role->MakeClock(options.demo_clock));
  command::HandlerOptions handler;
  APDR_ASSIGN_OR_RETURN(handler.recorded_not_before,
                        eventstore::NewestRecordedTime(*role->store_, handler.recorded_not_before));
  role->MakeParts(handler);
  APDR_RETURN_IF_ERROR(role->OpenSubscriptions(options.data + "/subscriptions"));
  return role;
}

absl::Status CommandRole::OpenSubscriptions(const std::string& path) {
  auto rows = readmodel::RocksDbReadModel::Open(path, readmodel::Contents::kSource);
  if (absl::IsDataLoss(rows.status())) {
    return absl::DataLossError(absl::StrCat(
        "Expected to open ", path, ", but: ", std::string(rows.status().message()),
        " Who has acknowledged what stands nowhere else: restore the folder, or delete it and "
        "create the subscriptions again."));
  }
  if (!rows.ok()) return rows.status();
  durable_rows_ = *std::move(rows);
  APDR_ASSIGN_OR_RETURN(dispatcher_,
                        subscription::Dispatcher::Open({.store = *store_,
                                                        .model = *durable_rows_,
                                                        .workflow = workflow_,
                                                        .clock = system_clock_,
                                                        .find_place = sen::FindPlace}));
  durable_subscriptions_ = subscription::MakeDurableSubscriptionService(*dispatcher_);
  on_durable_.emplace_back([this] { dispatcher_->LogHasGrown(); });
  return absl::OkStatus();
}

void CommandRole::CloseSubscriptions() {
  subscriptions_->CloseAll();
  dispatcher_->CloseAll();
}

absl::Status CommandRole::MakeClock(bool demo) {
  if (!demo) {
    clock_ = std::make_unique<SystemClock>();
    return absl::OkStatus();
  }
  const absl::Time start = HourOf(kDemoStart, kDemoHour, workflow_.definition().zone);
  APDR_ASSIGN_OR_RETURN(const absl::Time now, eventstore::NewestRecordedTime(*store_, start));
  auto clock = std::make_unique<SettableClock>(now);
  demo_clock_ = clock.get();
  clock_ = std::move(clock);
  return absl::OkStatus();
}

void CommandRole::MakeParts(const command::HandlerOptions& handler) {
  ids_ = std::make_unique<UuidV7Source>(*clock_, random_);
  handler_ = std::make_unique<command::CommandHandler>(
      command::CommandHandler::Parts{.workflow = workflow_,
                                     .store = *store_,
                                     .snapshots = store_.get(),
                                     .clock = *clock_,
                                     .ids = *ids_},
      handler);
  parser_ = std::make_unique<command::RequestParser>(workflow_, *clock_);
  timers_ = std::make_unique<timer::TimerWorker>(*clock_, *store_, *handler_);
  subscriptions_ = std::make_unique<command::SubscriptionService>(*store_, workflow_);
  command_service_ = command::MakeCommandService(*handler_, *parser_);
  if (demo_clock_ != nullptr) {
    demo_clock_service_ =
        timer::MakeDemoClockService(*demo_clock_, workflow_.definition().zone, *store_, *handler_);
  }
  on_durable_.emplace_back([this] { subscriptions_->LogHasGrown(); });
  WakeOnDurable(indexer_wakeup_);
}

std::vector<host::ServedService> CommandRole::Services() {
  std::vector<host::ServedService> services = {
      {.name = "apdr.command.v1.CommandService", .service = command_service_.get()},
      {.name = "apdr.command.v1.SubscriptionService", .service = &subscriptions_->service()},
      {.name = "apdr.subscription.v1.DurableSubscriptionService",
       .service = durable_subscriptions_.get()}};
  if (demo_clock_service_ != nullptr) {
    services.push_back(
        {.name = "apdr.command.v1.DemoClockService", .service = demo_clock_service_.get()});
  }
  return services;
}

void CommandRole::Loop(Worker& worker, Wakeup* wakeup, host::LoopOptions options,
                       const host::FailureHook& on_failure) {
  loops_.push_back(
      std::make_unique<host::WorkerLoop>(worker, wakeup, std::move(options), on_failure));
}

void CommandRole::StartLoops(const host::FailureHook& on_failure) {
  host::LoopOptions timers{.name = "timers"};
  timers.idle_max = kTimerPace;
  Loop(*timers_, nullptr, timers, on_failure);
  host::LoopOptions decider{.name = "decider"};
  decider.idle_max = kLookAnyway;
  Loop(handler_->decider(), &handler_->decider_wakeup(), decider, on_failure);
  host::LoopOptions committer{.name = "committer"};
  committer.idle_max = kLookAnyway;
  Loop(handler_->committer(), &handler_->committer_wakeup(), committer, on_failure);
  host::LoopOptions subscriptions{.name = "subscriptions"};
  subscriptions.idle_max = kLookAnyway;
  subscriptions.nice = kFollowerNice;
  Loop(subscriptions_->worker(), &subscriptions_->wakeup(), subscriptions, on_failure);
  host::LoopOptions dispatcher{.name = "dispatcher"};
  dispatcher.idle_max = kRetryPace;
  dispatcher.nice = kFollowerNice;
  Loop(*dispatcher_, &dispatcher_->wakeup(), dispatcher, on_failure);
  host::LoopOptions indexer{.name = "indexer"};
  indexer.idle_max = kLookAnyway;
  indexer.nice = kFollowerNice;
  indexer.pace = kIndexerPace;
  Loop(store_->indexer(), &indexer_wakeup_, indexer, on_failure);
}

void CommandRole::StopLoops() {
  for (const auto& loop : loops_) loop->Stop();
}

}  // namespace apdr
