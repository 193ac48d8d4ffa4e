#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "apdr/command/v1/command_service.grpc.pb.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"
#include "services/client/script.h"

namespace apdr {
namespace {

struct PreviewOptions {
  ClientOptions client;
  std::string file;
};

int Preview(const PreviewOptions& options) {
  const absl::StatusOr<std::string> text = ReadInput(options.file);
  if (!text.ok()) return ReportUsage(text.status());
  const absl::StatusOr<client::ScriptStep> step = client::ParseCommand(
      *text, options.file == "-" ? "standard input" : options.file, options.client.identity);
  if (!step.ok()) return ReportUsage(step.status());
  const auto stub =
      command::v1::CommandService::NewStub(client::OpenChannel(options.client.server));
  command::v1::PreviewRequest request;
  *request.mutable_request() = step->requests.front();
  grpc::ClientContext context;
  client::Prepare(step->caller, client::kCallTimeout, context);
  command::v1::PreviewResponse response;
  const grpc::Status status = stub->Preview(&context, request, &response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  std::cout << (options.client.json ? client::ToJson(response) : client::RenderPreview(response));
  return client::kExitOk;
}

}  // namespace

void AddPreview(CLI::App& app, Chosen& chosen) {
  CLI::App* preview = app.add_subcommand("preview", "What a command would do; writes nothing");
  const auto options = std::make_shared<PreviewOptions>();
  preview
      ->add_option("FILE", options->file, "One step of a script, in JSON; - reads standard input")
      ->required();
  AddClientOptions(*preview, options->client);
  AddSettingOption(*preview, options->client);
  preview->footer(
      "The step has the form that docs/scripts.md describes; without a date it is today.\n\n"
      "Example:\n"
      "  echo '{\"case_id\": \"01990000-0000-7000-8000-0000000ca001\", \"command\": {\n"
      "         \"@type\": \"RaiseConcern\", \"concern\": {\n"
      "           \"raised_by\": {\"person_id\": \"01990000-0000-7000-8000-0000000a0001\",\n"
      "                         \"role\": \"teacher\"},\n"
      "           \"areas\": [\"AREA_COGNITION_AND_LEARNING\"],\n"
      "           \"description\": \"Guesses words from the first letter.\"}}}' | apdr preview -");
  preview->callback([options, &chosen] { chosen = [options] { return Preview(*options); }; });
}

}  // namespace apdr
