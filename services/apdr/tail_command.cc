#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "services/apdr/subcommands.h"
#include "services/client/follow.h"
#include "services/client/print.h"

namespace apdr {
namespace {

constexpr char kSenPackage[] = "apdr.sen.v1.";

struct TailOptions {
  ClientOptions client;
  client::FollowRequest follow;
};

int Tail(const TailOptions& options) {
  const auto channel = client::OpenChannel(options.client.server);
  client::FollowRequest request = options.follow;
  if (request.shards.empty()) {
    command::v1::ListShardsResponse shards;
    const client::Failure failure = ListShards(channel, options.client.identity, shards);
    if (failure.code != grpc::StatusCode::OK) return Report(failure, options.client);
    for (const auto& head : shards.shards()) request.shards.push_back(head.shard());
  }
  for (std::string& type : request.types) {
    if (type.find('.') == std::string::npos) type.insert(0, kSenPackage);
  }
  const client::Failure failure = client::Follow(
      channel, options.client.identity, request, [&](const command::v1::SubscribeResponse& batch) {
        for (const auto& event : batch.events()) {
          std::cout << (options.client.json ? client::ToJson(event) : client::RenderTail(event));
        }
        return std::cout.flush().good();
      });
  return failure.code == grpc::StatusCode::OK ? client::kExitOk : Report(failure, options.client);
}

}  // namespace

void AddTail(CLI::App& app, Chosen& chosen) {
  CLI::App* tail = app.add_subcommand("tail", "Follow every event as it becomes durable");
  const auto options = std::make_shared<TailOptions>();
  auto* shard = tail->add_option("--shard", options->follow.shards, "Only these shards");
  tail->add_option("--after", options->follow.after, "Start after this position of the shard")
      ->needs(shard);
  tail->add_option("--type", options->follow.types,
                   "Only events of these types, such as PlanAgreed");
  tail->add_flag("--until-caught-up", options->follow.until_caught_up,
                 "End when everything there is has been printed");
  AddClientOptions(*tail, options->client);
  AddSettingOption(*tail, options->client);
  tail->footer(
      "Each line: shard/position, recorded (UTC), happened, event, case and version.\n\n"
      "Example:\n  apdr tail --type ReviewOverdue");
  tail->callback([options, &chosen] { chosen = [options] { return Tail(*options); }; });
}

}  // namespace apdr
