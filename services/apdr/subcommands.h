#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/client/connection.h"
#include "services/client/print.h"

// The subcommands of `apdr`, one file each. Adding one declares its flags and help; when the
// command line chooses it, it sets `chosen`, which main runs and whose result is the exit code.
namespace apdr {

using Chosen = std::function<int()>;

void AddServe(CLI::App& app, Chosen& chosen);
void AddCase(CLI::App& app, Chosen& chosen);
void AddDue(CLI::App& app, Chosen& chosen);
void AddAudit(CLI::App& app, Chosen& chosen);
void AddDocument(CLI::App& app, Chosen& chosen);
void AddExport(CLI::App& app, Chosen& chosen);
void AddImport(CLI::App& app, Chosen& chosen);
void AddDeliveries(CLI::App& app, Chosen& chosen);
void AddView(CLI::App& app, Chosen& chosen);
void AddSubscription(CLI::App& app, Chosen& chosen);
void AddSink(CLI::App& app, Chosen& chosen);
void AddTail(CLI::App& app, Chosen& chosen);
void AddPreview(CLI::App& app, Chosen& chosen);
void AddWorkflow(CLI::App& app, Chosen& chosen);
void AddScenario(CLI::App& app, Chosen& chosen);
void AddBench(CLI::App& app, Chosen& chosen);

// What every command that talks to a server takes.
struct ClientOptions {
  std::string server = "127.0.0.1:7400";
  client::Identity identity{
      .tenant = "la-801", .actor = "cli", .role = "senco", .setting = "", .on_behalf_of = ""};
  bool json = false;
};

// Declares --server, --tenant, --actor, --role and --json.
void AddClientOptions(CLI::App& command, ClientOptions& options);
// Declares --setting, the caller's place of learning.
void AddSettingOption(CLI::App& command, ClientOptions& options);

// Accepts a date such as 2026-02-06.
[[nodiscard]] CLI::Validator IsDate();

// Accepts an instant such as 2026-02-06T09:00:00Z.
[[nodiscard]] CLI::Validator IsInstant();

// The instant of a text that IsInstant accepts; nullopt for an empty one.
[[nodiscard]] std::optional<google::protobuf::Timestamp> ReadInstant(const std::string& text);

// Declares --full: long texts are not cut.
void AddFullFlag(CLI::App& command, client::Length& length);

// Prints the failure, with --json as JSON, to standard error and returns its exit code.
[[nodiscard]] int Report(const client::Failure& failure, const ClientOptions& options);

// Prints a mistake in a file or a flag to standard error and returns kExitUsage.
[[nodiscard]] int ReportUsage(const absl::Status& mistake);

// The text of a file, or of standard input for "-". kNotFound: it cannot be read.
[[nodiscard]] absl::StatusOr<std::string> ReadInput(const std::string& path);

}  // namespace apdr
