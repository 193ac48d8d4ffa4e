#include <CLI/App.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/sen_module.h"
#include "services/apdr/command_role.h"
#include "services/apdr/notify_role.h"
#include "services/apdr/policy_option.h"
#include "services/apdr/publisher_role.h"
#include "services/apdr/query_role.h"
#include "services/apdr/serve_options.h"
#include "services/apdr/sink_role.h"
#include "services/apdr/subcommands.h"
#include "services/bus/checked_consumer.h"
#include "services/bus/embedded/embedded_consumer.h"
#include "services/bus/embedded/log_record_source.h"
#include "services/bus/kafka/kafka_consumer.h"
#include "services/bus/kafka/kafka_topic.h"
#include "services/host/config_file.h"
#include "services/host/log.h"
#include "services/host/stop_signal.h"

namespace apdr {
namespace {

// Calls under way have this long to end when the server stops.
constexpr absl::Duration kGrace = absl::Seconds(5);

// Everything a serving process is made of, in the order it is built; taken down in the other.
class Process {
 public:
  Process(const ServeOptions& options, sen::Policy policy)
      : options_(options), module_(std::move(policy)), workflow_(module_) {}

  absl::Status Open() {
    std::error_code error;
    std::filesystem::create_directories(options_.data, error);
    if (error) {
      return absl::FailedPreconditionError(absl::StrCat(
          "Expected to use the folder ", options_.data, ", but: ", error.message(), "."));
    }
    if (options_.Has("command")) {
      APDR_RETURN_IF_ERROR(
          KeepPolicy(options_.policy, module_.policy().Id(), options_.data + "/policies"));
      APDR_ASSIGN_OR_RETURN(command_, CommandRole::Open(options_, workflow_));
      if (!options_.kafka.empty()) APDR_RETURN_IF_ERROR(OpenPublisher());
    }
    if (options_.Has("query")) APDR_RETURN_IF_ERROR(OpenQuery());
    if (options_.Has("notify")) APDR_RETURN_IF_ERROR(OpenNotify());
    return options_.Has("sink") ? OpenSink() : absl::OkStatus();
  }

  absl::Status Start() {
    std::vector<host::ServedService> services;
    if (command_ != nullptr) services = command_->Services();
    if (query_ != nullptr) {
      for (host::ServedService& service : query_->Services())
        services.push_back(std::move(service));
    }
    if (notify_ != nullptr) services.push_back(notify_->Service());
    if (sink_ != nullptr) services.push_back({.name = SinkRole::kHealthName, .service = nullptr});
    if (command_ != nullptr) command_->StartLoops(host::FailStop);
    if (publisher_ != nullptr) publisher_->StartLoops(host::FailStop);
    if (query_ != nullptr) query_->StartLoops(host::FailStop);
    if (notify_ != nullptr) notify_->StartLoops(host::FailStop);
    // Queries read from disk in gRPC's threads: one of them must not hold up the commands.
    const bool reads = query_ != nullptr || notify_ != nullptr;
    APDR_ASSIGN_OR_RETURN(server_, host::GrpcHost::Start(options_.listen, services,
                                                         reads ? host::Polling::kAllThreads
                                                               : host::Polling::kOneThread));
    if (sink_ != nullptr) sink_->StartLoops(host::FailStop);  // Tells health how it goes.
    return absl::OkStatus();
  }

  // Health first, then calls, then loops from the edge inwards; the store closes last.
  void Stop() {
    if (command_ != nullptr) command_->CloseSubscriptions();
    if (server_ != nullptr) server_->Stop(kGrace);
    if (notify_ != nullptr) notify_->StopLoops();
    if (query_ != nullptr) query_->StopLoops();
    if (command_ != nullptr) command_->StopLoops();
    if (publisher_ != nullptr) publisher_->StopLoops();
    if (sink_ != nullptr) sink_->StopLoops();  // May wait half a minute for a silent database.
  }

  [[nodiscard]] const std::string& address() const { return server_->address(); }

 private:
  absl::Status OpenPublisher() {
    APDR_ASSIGN_OR_RETURN(publisher_, PublisherRole::Open(options_, command_->store()));
    command_->WakeOnDurable(publisher_->wakeup());
    return absl::OkStatus();
  }

  // Where a role that folds the events gets them from, for itself.
  struct Feed {
    std::unique_ptr<bus::RecordSource> source;  // Null: there is no way to the log.
    std::unique_ptr<bus::Consumer> consumer;
  };

  // With Kafka every process folds Kafka; else the bus is the log of this process.
  absl::Status OpenFeed(Feed& feed) {
    if (command_ != nullptr) {
      feed.source = std::make_unique<bus::LogRecordSource>(command_->store());
    }
    if (options_.kafka.empty()) {
      feed.consumer = std::make_unique<bus::EmbeddedConsumer>(*feed.source);
      return absl::OkStatus();
    }
    APDR_ASSIGN_OR_RETURN(feed.consumer, OpenKafkaConsumer());
    return absl::OkStatus();
  }

  absl::Status OpenQuery() {
    APDR_RETURN_IF_ERROR(OpenFeed(query_feed_));
    const QueryRole::Parts parts{.workflow = workflow_,
                                 .policy = module_.policy(),
                                 .clock = recorded_clock(),
                                 .consumer = *query_feed_.consumer,
                                 .gaps = query_feed_.source.get(),
                                 .woken = options_.kafka.empty()};
    APDR_ASSIGN_OR_RETURN(query_, QueryRole::Open(options_, parts));
    if (parts.woken) command_->WakeOnDurable(query_->wakeup());
    return absl::OkStatus();
  }

  absl::Status OpenNotify() {
    APDR_RETURN_IF_ERROR(OpenFeed(notify_feed_));
    const NotifyRole::Parts parts{.workflow = workflow_,
                                  .recorded_clock = recorded_clock(),
                                  .clock = system_clock_,
                                  .consumer = *notify_feed_.consumer,
                                  .gaps = notify_feed_.source.get(),
                                  .woken = options_.kafka.empty()};
    APDR_ASSIGN_OR_RETURN(notify_, NotifyRole::Open(options_, parts));
    if (parts.woken) command_->WakeOnDurable(notify_->wakeup());
    return absl::OkStatus();
  }

  absl::Status OpenSink() {
    APDR_RETURN_IF_ERROR(OpenFeed(sink_feed_));
    const SinkRole::Parts parts{
        .workflow = workflow_,
        .consumer = *sink_feed_.consumer,
        .gaps = sink_feed_.source.get(),
        .woken = options_.kafka.empty(),
        .on_change = [this](bool goes_on) { server_->SetServing(SinkRole::kHealthName, goes_on); }};
    APDR_ASSIGN_OR_RETURN(sink_, SinkRole::Open(options_, parts));
    if (parts.woken) command_->WakeOnDurable(sink_->wakeup());
    return absl::OkStatus();
  }

  // In whose time events are recorded.
  [[nodiscard]] const Clock& recorded_clock() const {
    return command_ != nullptr ? command_->clock() : system_clock_;
  }

  // Nothing is folded before the topic is known to have one partition for each shard.
  absl::StatusOr<std::unique_ptr<bus::Consumer>> OpenKafkaConsumer() {
    const bus::KafkaOptions kafka = KafkaOf(options_);
    bus::TopicRules rules = bus::EventsTopicRules(kafka, options_.shards);
    rules.absent = bus::AbsentTopic::kAwait;  // The command role makes it.
    const auto check = [kafka, rules] { return bus::EnsureTopic(kafka, rules); };
    APDR_ASSIGN_OR_RETURN(auto consumer, bus::KafkaConsumer::Open(kafka, rules.topic));
    // Beside the command role it has just been asked.
    const absl::Status fit = command_ == nullptr ? check() : absl::OkStatus();
    if (absl::IsUnavailable(fit)) {
      // Nobody waits for Kafka; the projector asks again.
      host::Log(host::LogLevel::kWarning, "kafka_unavailable",
                {{"reason", std::string(fit.message())}});
    } else {
      APDR_RETURN_IF_ERROR(fit);
    }
    return std::make_unique<bus::CheckedConsumer>(std::move(consumer), check);
  }

  const ServeOptions& options_;
  const sen::SenModule module_;
  const core::Workflow workflow_;
  const SystemClock system_clock_;
  std::unique_ptr<CommandRole> command_;
  std::unique_ptr<PublisherRole> publisher_;
  Feed query_feed_;
  std::unique_ptr<QueryRole> query_;
  Feed notify_feed_;
  std::unique_ptr<NotifyRole> notify_;
  Feed sink_feed_;
  std::unique_ptr<host::GrpcHost> server_;
  std::unique_ptr<SinkRole> sink_;
};

constexpr char kDemoWarning[] =
    "\n"
    "  UNSAFE: --demo-clock. The time in this store is made up and moves when a script says so.\n"
    "  For demonstrations and tests only; never keep a real child's record here.\n\n";

constexpr char kPrivateWarning[] =
    "\n"
    "  UNSAFE: --notify-allow-private-addresses. Webhooks may lead into this network.\n"
    "  For tests only.\n\n";

// Values of a configuration file for the flags that neither command line nor environment gave.
absl::Status ApplyConfig(const std::string& path, CLI::App& command) {
  APDR_ASSIGN_OR_RETURN(const std::vector<host::Setting> settings, host::ReadConfigFile(path));
  for (const host::Setting& setting : settings) {
    CLI::Option* option = command.get_option_no_throw("--" + setting.key);
    if (option == nullptr || setting.key == "config" || setting.key == "help") {
      return absl::InvalidArgumentError(
          absl::StrCat("Expected ", setting.place, " to set a flag of apdr serve, but there is no ",
                       setting.key, "."));
    }
    if (option->count() > 0) continue;
    try {
      option->add_result(setting.values);
      option->run_callback();
    } catch (const CLI::Error& mistake) {
      return absl::InvalidArgumentError(absl::StrCat("Expected ", setting.place, " to set ",
                                                     setting.key, ", but: ", mistake.what(), "."));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const ServeOptions& options) {
  APDR_RETURN_IF_ERROR(host::CheckListenAddress(options.listen));
  if (!options.Has("command") && options.kafka.empty()) {
    return absl::InvalidArgumentError(
        "Expected --kafka HOST:PORT, but there is none: without the command role this process has "
        "no"
        " log of its own to read.");
  }
  if (options.Has("notify") && options.notify_routes.empty()) {
    return absl::InvalidArgumentError(
        "Expected --notify-routes FILE, but there is none: the notify role does not know whom to "
        "tell.");
  }
  if (options.Has("sink") && options.sink_postgres.empty()) {
    return absl::InvalidArgumentError(
        "Expected --sink-postgres CONNECTION, but there is none: the sink role does not know into "
        "which database to copy.");
  }
  return absl::OkStatus();
}

// Written beside and renamed, so that whoever waits for the file never reads half of it.
absl::Status WriteReadyFile(const std::string& path, const std::string& address) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh);
  file << address << "\n";
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(
        absl::StrCat("Expected to write ", path, ", but it cannot be written."));
  }
  return absl::OkStatus();
}

void SayReady(const ServeOptions& options, const std::string& address) {
  std::cout << "apdr serves " << absl::StrJoin(options.roles, ", ") << " on " << address << " ("
            << options.shards << " shards, "
            << (options.kafka.empty() ? "embedded bus" : "Kafka at " + options.kafka) << ")"
            << std::endl;
}

// Nobody should find the address of a server that is not there.
void RemoveReadyFile(const ServeOptions& options) {
  std::error_code absent;
  if (!options.ready_file.empty()) std::filesystem::remove(options.ready_file, absent);
}

absl::Status RunUntilStopped(const ServeOptions& options, host::StopSignal& stop_signal) {
  RemoveReadyFile(options);
  APDR_ASSIGN_OR_RETURN(sen::Policy policy, ReadPolicy(options.policy));
  Process process(options, std::move(policy));
  APDR_RETURN_IF_ERROR(process.Open());
  absl::Status ready = process.Start();
  if (ready.ok() && !options.ready_file.empty()) {
    ready = WriteReadyFile(options.ready_file, process.address());
  }
  if (!ready.ok()) {
    process.Stop();
    return ready;
  }
  SayReady(options, process.address());
  host::Log(host::LogLevel::kInfo, "stopping", {{"signal", std::string(stop_signal.Wait())}});
  RemoveReadyFile(options);
  process.Stop();
  host::Log(host::LogLevel::kInfo, "stopped");
  return absl::OkStatus();
}

int Serve(const ServeOptions& options) {
  if (absl::Status fit = CheckOptions(options); !fit.ok()) return ReportUsage(fit);
  host::StopSignal stop_signal;
  if (options.log_level == "debug") host::SetLogLevel(host::LogLevel::kDebug);
  if (options.log_level == "warning") host::SetLogLevel(host::LogLevel::kWarning);
  if (options.log_level == "error") host::SetLogLevel(host::LogLevel::kError);
  if (options.demo_clock) std::cerr << kDemoWarning;
  if (options.notify_allow_private_addresses) std::cerr << kPrivateWarning;
  const absl::Status status = RunUntilStopped(options, stop_signal);
  if (status.ok()) return client::kExitOk;
  if (absl::IsInvalidArgument(status)) return ReportUsage(status);
  std::cerr << std::string(status.message()) << "\n";
  return client::kExitRefused;
}

void AddServeOptions(CLI::App& serve, ServeOptions& options) {
  serve.add_option("--data", options.data, "The folder of the store and the read models")
      ->envname("APDR_DATA")
      ->capture_default_str();
  serve.add_option("--listen", options.listen, "HOST:PORT, loopback only; port 0 takes a free one")
      ->envname("APDR_LISTEN")
      ->capture_default_str();
  serve.add_option("--roles", options.roles, "command, query, notify, sink")
      ->delimiter(',')
      ->check(CLI::IsMember({"command", "query", "notify", "sink"}))
      ->envname("APDR_ROLES")
      ->capture_default_str();
  serve.add_option("--kafka", options.kafka, "Kafka's bootstrap servers; none: the embedded bus")
      ->envname("APDR_KAFKA");
  AddPolicyOption(serve, options.policy);
  serve.add_option("--shards", options.shards, "Shards of a new store, and Kafka's partitions")
      ->check(CLI::Range(1, 1024))
      ->envname("APDR_SHARDS")
      ->capture_default_str();
  serve
      .add_flag("--demo-clock", options.demo_clock,
                "UNSAFE: time is made up and follows the scripts that are played; only for a store"
                " created with it")
      ->envname("APDR_DEMO_CLOCK");
  serve
      .add_option("--notify-routes", options.notify_routes,
                  "Who is told what: a TOML file, for the role notify")
      ->envname("APDR_NOTIFY_ROUTES");
  serve.add_flag("--notify-allow-private-addresses", options.notify_allow_private_addresses,
                 "UNSAFE: webhooks may lead to private addresses; for tests only");
  serve
      .add_option("--sink-postgres", options.sink_postgres,
                  "Where the copy for analysts is kept, for the role sink: a connection string of"
                  " libpq's without a password, such as service=apdr")
      ->envname("APDR_SINK_POSTGRES");
  serve
      .add_flag("--sink-identifiers", options.sink_identifiers,
                "Copy children's numbers (UPN, ULN, NHS) too: the copy is not pseudonymous then")
      ->envname("APDR_SINK_IDENTIFIERS");
  serve.add_option("--ready-file", options.ready_file, "Write the address there once it serves");
  serve.add_option("--log-level", options.log_level, "debug, info, warning, error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->envname("APDR_LOG_LEVEL")
      ->capture_default_str();
}

}  // namespace

void AddServe(CLI::App& app, Chosen& chosen) {
  CLI::App* serve = app.add_subcommand(
      "serve",
      "Run the server: commands, timers, read models, queries, messages, the copy for analysts; one"
      " process or several");
  const auto options = std::make_shared<ServeOptions>();
  const auto config = std::make_shared<std::string>();
  AddServeOptions(*serve, *options);
  serve->add_option("--config", *config, "A TOML file of these flags: listen = \"127.0.0.1:7400\"")
      ->envname("APDR_CONFIG");
  serve->footer(
      "A flag wins over its environment variable, that over the file. SIGTERM stops in order.\n\n"
      "Example:\n"
      "  apdr serve --data /var/lib/apdr\n"
      "  apdr serve --roles=query --data /var/lib/apdr-query --kafka localhost:9092 --listen"
      " 127.0.0.1:7401\n"
      "  apdr serve --roles=command,query,notify --notify-routes deploy/examples/notify.toml\n"
      "  apdr serve --roles=sink --data /var/lib/apdr-sink --kafka localhost:9092 --listen"
      " 127.0.0.1:7402 --sink-postgres service=apdr");
  serve->callback([serve, options, config, &chosen] {
    chosen = [serve, options, config] {
      if (!config->empty()) {
        if (absl::Status read = ApplyConfig(*config, *serve); !read.ok()) return ReportUsage(read);
      }
      return Serve(*options);
    };
  });
}

}  // namespace apdr
