#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"
#include "engine/base/clock.h"
#include "engine/base/code.h"
#include "services/apdr/subcommands.h"
#include "services/client/consume.h"
#include "services/client/parked.h"
#include "services/client/print.h"
#include "services/client/subscription_text.h"
#include "services/client/text.h"

namespace apdr {
namespace {

using subscription::v1::DurableSubscriptionService;
using subscription::v1::ParkedEvent;
using subscription::v1::ShardPosition;
using subscription::v1::SubscriptionStatus;

constexpr char kSenPackage[] = "apdr.sen.v1.";
constexpr std::uint32_t kPageSize = 500;

struct Options {
  ClientOptions client;
  std::string name;
  // Of a new subscription.
  std::vector<std::string> types;
  std::vector<std::string> settings;
  std::vector<std::string> authorities;
  std::string from = "beginning";
  std::vector<std::string> places;
  std::uint32_t in_flight_max = 0;
  std::uint32_t attempts_max = 0;
  std::int64_t ack_timeout_seconds = 0;
  // Of a member.
  std::string member;
  bool until_caught_up = false;
  // Of parked events.
  bool all = false;
  bool skipped = false;
  std::string reason;
};
using Run = int (*)(const Options& options);

// Calls a method of the service, as a pointer to a member of its stub.
template <class Request, class Response>
grpc::Status CallOnce(const Options& options,
                      grpc::Status (DurableSubscriptionService::Stub::*method)(grpc::ClientContext*,
                                                                               const Request&,
                                                                               Response*),
                      const Request& request, Response& response) {
  const auto stub = DurableSubscriptionService::NewStub(client::OpenChannel(options.client.server));
  grpc::ClientContext context;
  client::Prepare(options.client.identity, client::kCallTimeout, context);
  return (*stub.*method)(&context, request, &response);
}

// "3/120", which IsPlace has accepted.
ShardPosition PlaceOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  std::uint32_t shard = 0;
  std::uint64_t position = 0;
  ShardPosition place;
  if (parts.size() == 2 && absl::SimpleAtoi(parts[0], &shard) &&
      absl::SimpleAtoi(parts[1], &position)) {
    place.set_shard(shard);
    place.set_position(position);
  }
  return place;
}

CLI::Validator IsPlace() {
  return CLI::Validator(
      [](const std::string& text) {
        const ShardPosition place = PlaceOf(text);
        const bool is_same = absl::StrCat(place.shard(), "/", place.position()) == text;
        return is_same ? "" : "must be shard and position such as 3/120, not " + text;
      },
      "SHARD/POSITION");
}

int PrintStatus(const SubscriptionStatus& status, const Options& options) {
  std::cout << (options.client.json ? client::ToJson(status)
                                    : client::RenderSubscription(status, SystemClock().Now()));
  return client::kExitOk;
}

void PrintParked(const std::vector<ParkedEvent>& events, const Options& options) {
  if (!options.client.json) {
    std::cout << client::RenderParked(events);
    return;
  }
  for (const ParkedEvent& event : events) std::cout << client::ToJson(event);
}

int Create(const Options& options) {
  subscription::v1::CreateSubscriptionRequest request;
  auto& asked = *request.mutable_subscription();
  asked.set_name(options.name);
  for (std::string type : options.types) {
    if (type.find('.') == std::string::npos) type.insert(0, kSenPackage);
    asked.mutable_filter()->add_event_types(type);
  }
  for (const std::string& setting : options.settings) {
    asked.mutable_filter()->add_setting_ids(setting);
  }
  for (const std::string& authority : options.authorities) {
    asked.mutable_filter()->add_authority_ids(authority);
  }
  asked.set_start_from(options.from == "now" ? subscription::v1::START_FROM_NOW
                                             : subscription::v1::START_FROM_BEGINNING);
  for (const std::string& place : options.places) {
    asked.set_start_from(subscription::v1::START_FROM_POSITIONS);
    *asked.add_start_positions() = PlaceOf(place);
  }
  asked.set_in_flight_max(options.in_flight_max);
  asked.set_attempts_max(options.attempts_max);
  if (options.ack_timeout_seconds > 0) {
    asked.mutable_ack_timeout()->set_seconds(options.ack_timeout_seconds);
  }
  subscription::v1::CreateSubscriptionResponse response;
  const grpc::Status status =
      CallOnce(options, &DurableSubscriptionService::Stub::CreateSubscription, request, response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  return PrintStatus(response.status(), options);
}

int Show(const Options& options) {
  subscription::v1::GetSubscriptionRequest request;
  request.set_name(options.name);
  subscription::v1::GetSubscriptionResponse response;
  const grpc::Status status =
      CallOnce(options, &DurableSubscriptionService::Stub::GetSubscription, request, response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  return PrintStatus(response.status(), options);
}

int List(const Options& options) {
  subscription::v1::ListSubscriptionsRequest request;
  request.set_page_size(kPageSize);
  std::vector<SubscriptionStatus> all;
  do {
    subscription::v1::ListSubscriptionsResponse page;
    const grpc::Status status =
        CallOnce(options, &DurableSubscriptionService::Stub::ListSubscriptions, request, page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    all.insert(all.end(), page.statuses().begin(), page.statuses().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (!options.client.json) {
    std::cout << client::RenderSubscriptions(all, SystemClock().Now());
    return client::kExitOk;
  }
  for (const SubscriptionStatus& status : all) std::cout << client::ToJson(status);
  return client::kExitOk;
}

int Delete(const Options& options) {
  subscription::v1::DeleteSubscriptionRequest request;
  request.set_name(options.name);
  subscription::v1::DeleteSubscriptionResponse response;
  const grpc::Status status =
      CallOnce(options, &DurableSubscriptionService::Stub::DeleteSubscription, request, response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  if (!options.client.json) std::cout << "Deleted " << options.name << ".\n";
  return client::kExitOk;
}

int Parked(const Options& options) {
  const client::ParkedEvents listed = client::ListParked(
      client::OpenChannel(options.client.server), options.client.identity, options.name,
      options.skipped ? subscription::v1::PARKED_STATE_SKIPPED
                      : subscription::v1::PARKED_STATE_UNSPECIFIED);
  if (listed.failure.code != grpc::StatusCode::OK) return Report(listed.failure, options.client);
  PrintParked(listed.events, options);
  return client::kExitOk;
}

// Prints what was decided. Not everything that was named was parked: not as expected.
int Decide(const Options& options, std::optional<std::string> skip_reason) {
  client::ParkedDecision decision{.subscription = options.name,
                                  .all = options.all,
                                  .places = {},
                                  .skip_reason = std::move(skip_reason)};
  for (const std::string& place : options.places) decision.places.push_back(PlaceOf(place));
  const auto [decided, failure] = client::Decide(client::OpenChannel(options.client.server),
                                                 options.client.identity, std::move(decision));
  const bool done = failure.code == grpc::StatusCode::OK;
  if (done || !decided.empty()) PrintParked(decided, options);
  if (!done) return Report(failure, options.client);
  if (options.all || decided.size() == options.places.size()) return client::kExitOk;
  std::cerr << "Expected " << client::Count(options.places.size(), "parked event") << ", but "
            << decided.size() << " of them were parked. See apdr subscription parked.\n";
  return client::kExitRefused;
}

int Retry(const Options& options) { return Decide(options, std::nullopt); }

int Skip(const Options& options) { return Decide(options, options.reason); }

// A member id of this process alone: two under one id would put each other out.
std::string ThisProcess() {
  constexpr std::size_t kHostMax = 48;  // Of the 64 characters of an id.
  std::array<char, kHostMax + 1> host{};
  // A longer name is cut off; whether that is said or not depends on the system.
  (void)gethostname(host.data(), kHostMax);
  std::string id = absl::StrCat(host.data(), ".", getpid());
  std::ranges::replace_if(
      id, [](char c) { return !IsCode(std::string_view(&c, 1)); }, '-');
  return id;
}

int Consume(const Options& options) {
  const client::ConsumeOptions wanted{
      .subscription = options.name,
      .member_id = options.member.empty() ? ThisProcess() : options.member,
      .until_caught_up = options.until_caught_up};
  const client::Failure failure =
      client::Consume(client::OpenChannel(options.client.server), options.client.identity, wanted,
                      [&](const subscription::v1::Delivery& delivery) {
                        std::cout << (options.client.json ? client::ToJson(delivery)
                                                          : client::RenderTail(delivery.event()));
                        return std::cout.flush().good();
                      });
  return failure.code == grpc::StatusCode::OK ? client::kExitOk : Report(failure, options.client);
}

struct Subcommand {
  CLI::App* app;
  std::shared_ptr<Options> options;
};

Subcommand AddOne(CLI::App& parent, const char* name, const char* help, Run run, Chosen& chosen) {
  CLI::App* app = parent.add_subcommand(name, help);
  const auto options = std::make_shared<Options>();
  AddClientOptions(*app, options->client);
  app->callback([options, run, &chosen] { chosen = [options, run] { return run(*options); }; });
  return {.app = app, .options = options};
}

// One that is about a subscription.
Subcommand AddNamed(CLI::App& parent, const char* name, const char* help, Run run, Chosen& chosen) {
  Subcommand command = AddOne(parent, name, help, run, chosen);
  command.app->add_option("NAME", command.options->name, "The subscription")->required();
  return command;
}

void AddCreate(CLI::App& parent, Chosen& chosen) {
  const auto [app, options] =
      AddNamed(parent, "create", "Create a subscription; a repeat changes nothing", Create, chosen);
  app->add_option("--type", options->types, "Only events of these types, such as ReviewOverdue");
  app->add_option("--of-setting", options->settings,
                  "Only of cases that are at these settings, such as URN:199001");
  app->add_option("--of-authority", options->authorities,
                  "Only of cases of these authorities, such as 801");
  auto* from = app->add_option("--from", options->from, "beginning, now")
                   ->check(CLI::IsMember({"beginning", "now"}))
                   ->capture_default_str();
  app->add_option("--after", options->places, "Instead: after these places; other shards whole")
      ->check(IsPlace())
      ->excludes(from);
  app->add_option("--in-flight", options->in_flight_max,
                  "Events of a shard that a member may have unacknowledged (100)")
      ->check(CLI::Range(1, 1000));
  app->add_option("--attempts", options->attempts_max,
                  "Deliveries of a failing event before it is parked (5)")
      ->check(CLI::Range(1, 100));
  app->add_option("--ack-timeout", options->ack_timeout_seconds,
                  "Seconds for which a member may keep an event (60)")
      ->check(CLI::Range(1, 3600));
  app->footer(
      "Example:\n"
      "  apdr subscription create reminders --type ReviewOverdue --type ReviewReminderIssued\n"
      "  apdr subscription create school-199001 --of-setting URN:199001 --from now");
}

void AddReading(CLI::App& parent, Chosen& chosen) {
  AddOne(parent, "list", "Print all subscriptions and how they stand", List, chosen)
      .app->footer("Example:\n  apdr subscription list --json");
  AddNamed(parent, "show", "Print how a subscription and each of its shards stand", Show, chosen)
      .app->footer("Example:\n  apdr subscription show reminders");
  AddNamed(parent, "delete", "End a subscription, with its positions and all that is parked",
           Delete, chosen)
      .app->footer("Example:\n  apdr subscription delete reminders");
}

void AddParked(CLI::App& parent, Chosen& chosen) {
  const auto [app, options] =
      AddNamed(parent, "parked", "Print the events that failed", Parked, chosen);
  app->add_flag("--skipped", options->skipped, "Those that were skipped, by whom and why");
  app->footer("Example:\n  apdr subscription parked reminders");
}

void AddPlaces(const Subcommand& command) {
  auto* all = command.app->add_flag("--all", command.options->all,
                                    "All that are parked now, and none that is parked later");
  command.app->add_option("PLACE", command.options->places, "Which: shard and position, as 3/120")
      ->check(IsPlace())
      ->excludes(all);
}

void AddDeciding(CLI::App& parent, Chosen& chosen) {
  const Subcommand retry =
      AddNamed(parent, "retry", "Deliver parked events again, and then what waits behind them",
               Retry, chosen);
  AddPlaces(retry);
  retry.app->footer(
      "Example:\n"
      "  apdr subscription retry reminders 3/120 3/155\n"
      "  apdr subscription retry reminders --all");
  const Subcommand skip = AddNamed(
      parent, "skip", "Do without parked events; what waits behind them goes on", Skip, chosen);
  AddPlaces(skip);
  skip.app
      ->add_option("--reason", skip.options->reason, "Why: 10 to 500 characters, which are kept")
      ->required();
  skip.app->footer(
      "Example:\n"
      "  apdr subscription skip reminders 3/120 --reason \"sent by hand on 6 February\"");
}

void AddConsume(CLI::App& parent, Chosen& chosen) {
  const auto [app, options] =
      AddNamed(parent, "consume", "Take part: print events and acknowledge what was printed",
               Consume, chosen);
  app->add_option("--member", options->member,
                  "The member id; made of host and process, if not given");
  app->add_flag("--until-caught-up", options->until_caught_up,
                "End when everything there is has been printed");
  app->footer(
      "Members share the shards of the log. What is not acknowledged when this ends comes "
      "again.\n\n"
      "Example:\n"
      "  apdr subscription consume reminders --member worker-1");
}

}  // namespace

void AddSubscription(CLI::App& app, Chosen& chosen) {
  CLI::App* parent = app.add_subcommand(
      "subscription", "Named subscriptions that go on where they were; what failed, and what then");
  parent->require_subcommand(1);
  parent->footer(
      "Example:\n"
      "  apdr subscription create reminders --type ReviewOverdue\n"
      "  apdr subscription consume reminders --member worker-1\n"
      "  apdr subscription parked reminders");
  AddCreate(*parent, chosen);
  AddReading(*parent, chosen);
  AddConsume(*parent, chosen);
  AddParked(*parent, chosen);
  AddDeciding(*parent, chosen);
}

}  // namespace apdr
