#include <CLI/App.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <utility>

#include "apdr/query/v1/query_service.grpc.pb.h"
#include "engine/base/shard_of.h"
#include "nlohmann/json.hpp"
#include "services/apdr/subcommands.h"
#include "services/client/follow.h"
#include "services/client/play.h"
#include "services/client/print.h"
#include "services/client/script.h"
#include "services/client/text.h"

namespace apdr {
namespace {

constexpr std::uint32_t kPageSize = 500;

struct RunOptions {
  ClientOptions client;
  std::string file;
};

struct ShowOptions {
  ClientOptions client;
  std::string case_id;
  std::string as_at;
  std::string known_at;
  bool as_recorded = false;
  bool chronology = false;
  client::Length length = client::Length::kLine;
};

struct CommandsOptions {
  ClientOptions client;
  std::string case_id;
  bool admitted_only = false;
};

struct ListOptions {
  ClientOptions client;
  std::string setting;
  std::string authority;
  std::string stage;
  std::uint32_t limit = 100;
};

nlohmann::ordered_json StepToJson(const client::StepReport& report) {
  using nlohmann::ordered_json;
  ordered_json step = {{"step", report.step->label},
                       {"date", report.step->date},
                       {"role", report.step->caller.role}};
  ordered_json timers = ordered_json::array();
  for (const auto& event : report.timers)
    timers.push_back(ordered_json::parse(client::ToJson(event)));
  ordered_json answers = ordered_json::array();
  for (const auto& answer : report.answers) {
    answers.push_back(ordered_json::parse(client::ToJson(answer)));
  }
  step["timers"] = std::move(timers);
  step["answers"] = std::move(answers);
  if (report.failure) {
    step["error"] = ordered_json::parse(client::FailureToJson(*report.failure));
  }
  if (!report.unexpected.empty()) {
    step["unexpected"] = report.unexpected;
    step["place"] = report.step->place;
  }
  return step;
}

int Run(const RunOptions& options) {
  const absl::StatusOr<std::string> text = ReadInput(options.file);
  if (!text.ok()) return ReportUsage(text.status());
  const absl::StatusOr<client::Script> script = client::ParseScript(
      *text, options.file == "-" ? "standard input" : options.file, options.client.identity);
  if (!script.ok()) return ReportUsage(script.status());

  const bool json = options.client.json;
  if (!json && !script->title.empty()) std::cout << script->title << "\n";
  const client::PlayResult result = client::PlayScript(
      client::OpenChannel(options.client.server), *script, [&](const client::StepReport& report) {
        if (client::ExitCodeFor(report.failure.value_or(client::Failure())) ==
            client::kExitUnreachable) {
          static_cast<void>(Report(*report.failure, options.client));
        } else if (json) {
          std::cout << StepToJson(report).dump() << std::endl;
        } else {
          std::cout << client::RenderStep(report) << std::flush;
        }
      });
  if (!json && result.exit_code == client::kExitOk) std::cout << client::RenderPlayed(result);
  return result.exit_code;
}

// The durable head of the case's shard now, so that what was acknowledged before is shown; 0 from a
// server that does not have the log.
std::uint64_t DurableNow(const std::shared_ptr<grpc::Channel>& channel,
                         const ClientOptions& options, const std::string& case_id) {
  command::v1::ListShardsResponse shards;
  const client::Failure failure = ListShards(channel, options.identity, shards);
  if (failure.code != grpc::StatusCode::OK || shards.shards_size() == 0) return 0;
  const Shard shard = ShardOf(CaseId(case_id), static_cast<std::uint32_t>(shards.shards_size()));
  for (const auto& head : shards.shards()) {
    if (head.shard() == shard.value()) return head.position();
  }
  return 0;
}

// The moment that the options name, in a request that has one. Checked when the flags were read.
template <class Request>
void SetMoment(const ShowOptions& options, Request& request) {
  request.set_as_at(options.as_at);
  if (auto known_at = ReadInstant(options.known_at)) *request.mutable_known_at() = *known_at;
}

// Prints the chronology page by page.
int ShowChronology(query::v1::QueryService::Stub& stub, const ShowOptions& options,
                   std::uint64_t min_position) {
  query::v1::GetChronologyRequest request;
  request.set_case_id(options.case_id);
  request.set_min_position(min_position);
  request.set_page_size(kPageSize);
  request.set_as_recorded(options.as_recorded);
  SetMoment(options, request);
  query::v1::GetChronologyResponse all;
  do {
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::GetChronologyResponse page;
    const grpc::Status status = stub.GetChronology(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    request.set_page_token(page.next_page_token());
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  if (!options.client.json) {
    std::cout << "\nChronology\n"
              << client::RenderChronology(all.events(), options.length)
              << client::RenderCorrected(all);
    return client::kExitOk;
  }
  for (const auto& event : all.events()) std::cout << client::ToJson(event);
  return client::kExitOk;
}

int Show(const ShowOptions& options) {
  const auto channel = client::OpenChannel(options.client.server);
  const auto stub = query::v1::QueryService::NewStub(channel);
  query::v1::GetCaseRequest request;
  request.set_case_id(options.case_id);
  request.set_min_position(DurableNow(channel, options.client, options.case_id));
  SetMoment(options, request);
  grpc::ClientContext context;
  client::Prepare(options.client.identity, client::kCallTimeout, context);
  query::v1::GetCaseResponse response;
  const grpc::Status status = stub->GetCase(&context, request, &response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  std::cout << (options.client.json ? client::ToJson(response)
                                    : client::RenderCase(response.case_()));
  return options.chronology ? ShowChronology(*stub, options, request.min_position())
                            : client::kExitOk;
}

int Commands(const CommandsOptions& options) {
  const auto channel = client::OpenChannel(options.client.server);
  const auto stub = query::v1::QueryService::NewStub(channel);
  query::v1::ListCommandsRequest request;
  request.set_case_id(options.case_id);
  request.set_min_position(DurableNow(channel, options.client, options.case_id));
  grpc::ClientContext context;
  client::Prepare(options.client.identity, client::kCallTimeout, context);
  query::v1::ListCommandsResponse response;
  const grpc::Status status = stub->ListCommands(&context, request, &response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  for (const query::v1::CommandOutlook& outlook : response.commands()) {
    if (options.admitted_only && !outlook.admitted()) continue;
    std::cout << (options.client.json ? client::ToJson(outlook) : client::RenderOutlook(outlook));
  }
  return client::kExitOk;
}

int List(const ListOptions& options) {
  const auto stub = query::v1::QueryService::NewStub(client::OpenChannel(options.client.server));
  query::v1::ListCasesRequest request;
  request.set_setting_id(options.setting);
  request.set_authority_id(options.authority);
  request.set_stage(options.stage);
  query::v1::ListCasesResponse all;
  do {
    const std::uint32_t missing = options.limit - static_cast<std::uint32_t>(all.cases_size());
    request.set_page_size(std::min(kPageSize, missing));
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::ListCasesResponse page;
    const grpc::Status status = stub->ListCases(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    request.set_page_token(page.next_page_token());
    all.mutable_cases()->MergeFrom(page.cases());
  } while (!request.page_token().empty() && all.cases_size() < static_cast<int>(options.limit));
  if (!options.client.json) {
    std::cout << client::RenderCases(all);
    if (!request.page_token().empty()) std::cout << "There are more: raise --limit.\n";
    return client::kExitOk;
  }
  for (const auto& view : all.cases()) std::cout << client::ToJson(view);
  return client::kExitOk;
}

void AddRun(CLI::App& parent, Chosen& chosen) {
  CLI::App* run = parent.add_subcommand("run", "Play a JSON script of commands, step by step");
  const auto options = std::make_shared<RunOptions>();
  run->add_option("FILE", options->file, "The script; - reads standard input")->required();
  AddClientOptions(*run, options->client);
  AddSettingOption(*run, options->client);
  run->footer(
      "Stops at the first step that is not as the script expects. Playing a script again is safe:\n"
      "its request ids are made of case and step, so the first answers come again.\n\n"
      "Example:\n  apdr case run deploy/examples/amira.json");
  run->callback([options, &chosen] { chosen = [options] { return Run(*options); }; });
}

void AddShow(CLI::App& parent, Chosen& chosen) {
  CLI::App* show = parent.add_subcommand(
      "show", "Print a case: stage, cycle, plan in force, next action with who and by when");
  const auto options = std::make_shared<ShowOptions>();
  show->add_option("CASE", options->case_id, "The case id")->required();
  show->add_flag("--chronology", options->chronology, "Then every event, oldest first");
  show->add_option("--as-at", options->as_at, "As it was at the end of this day")->check(IsDate());
  show->add_option("--known-at", options->known_at,
                   "Only with what had been recorded by this instant, such as "
                   "2026-02-06T09:00:00Z")
      ->check(IsInstant());
  show->add_flag("--as-recorded", options->as_recorded,
                 "Corrections stand behind what they correct, not in its place");
  AddFullFlag(*show, options->length);
  AddClientOptions(*show, options->client);
  AddSettingOption(*show, options->client);
  show->footer(
      "Examples:\n"
      "  apdr case show 01990000-0000-7000-8000-0000000ca001 --chronology\n"
      "  apdr case show 01990000-0000-7000-8000-0000000ca001 --as-at 2025-12-01");
  show->callback([options, &chosen] { chosen = [options] { return Show(*options); }; });
}

void AddCommands(CLI::App& parent, Chosen& chosen) {
  CLI::App* commands = parent.add_subcommand(
      "commands", "Print which commands the case admits now, and why it does not admit the others");
  const auto options = std::make_shared<CommandsOptions>();
  commands->add_option("CASE", options->case_id, "The case id")->required();
  commands->add_flag("--admitted", options->admitted_only, "Only those that it admits");
  AddClientOptions(*commands, options->client);
  AddSettingOption(*commands, options->client);
  commands->footer(
      "Example:\n  apdr case commands 01990000-0000-7000-8000-0000000ca001 --role teacher");
  commands->callback([options, &chosen] { chosen = [options] { return Commands(*options); }; });
}

void AddList(CLI::App& parent, Chosen& chosen) {
  CLI::App* list = parent.add_subcommand("list", "Print the cases of a setting or an authority");
  const auto options = std::make_shared<ListOptions>();
  list->add_option("--setting", options->setting, "Held by this setting, such as URN:199001");
  list->add_option("--authority", options->authority, "Of this authority, such as 801");
  list->add_option("--stage", options->stage, "In this stage, such as do");
  list->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  AddClientOptions(*list, options->client);
  list->footer("Example:\n  apdr case list --setting URN:199001 --stage do");
  list->callback([options, &chosen] { chosen = [options] { return List(*options); }; });
}

}  // namespace

void AddCase(CLI::App& app, Chosen& chosen) {
  CLI::App* parent = app.add_subcommand("case", "Play, show and list cases");
  parent->require_subcommand(1);
  parent->footer(
      "Example:\n"
      "  apdr case run deploy/examples/amira.json\n"
      "  apdr case show 01990000-0000-7000-8000-0000000ca001 --chronology\n"
      "  apdr case list --stage do");
  AddRun(*parent, chosen);
  AddShow(*parent, chosen);
  AddCommands(*parent, chosen);
  AddList(*parent, chosen);
}

}  // namespace apdr
