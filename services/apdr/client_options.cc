#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "engine/base/code.h"
#include "engine/base/date.h"
#include "services/apdr/subcommands.h"

namespace apdr {
namespace {

// What is refused is not repeated: it may be a name.
CLI::Validator IsCallerCode() {
  return CLI::Validator(
      [](const std::string& text) {
        return IsCode(text) ? "" : "must be 1 to 64 of A-Z a-z 0-9 . _ : -";
      },
      "CODE");
}

}  // namespace

void AddClientOptions(CLI::App& command, ClientOptions& options) {
  constexpr char kCaller[] = "Server and caller";
  command.add_option("--server", options.server, "Where the server listens")
      ->envname("APDR_SERVER")
      ->capture_default_str()
      ->group(kCaller);
  command.add_option("--tenant", options.identity.tenant, "The authority or trust")
      ->envname("APDR_TENANT")
      ->check(IsCallerCode())
      ->capture_default_str()
      ->group(kCaller);
  command.add_option("--actor", options.identity.actor, "Who calls: an opaque id, never a name")
      ->envname("APDR_ACTOR")
      ->check(IsCallerCode())
      ->capture_default_str()
      ->group(kCaller);
  command.add_option("--role", options.identity.role, "The caller's role")
      ->envname("APDR_ROLE")
      ->check(IsCallerCode())
      ->capture_default_str()
      ->group(kCaller);
  command.add_flag("--json", options.json, "Print JSON, one object per line");
}

void AddSettingOption(CLI::App& command, ClientOptions& options) {
  command
      .add_option("--setting", options.identity.setting,
                  "The caller's place of learning, such as URN:199001")
      ->envname("APDR_SETTING")
      ->check(IsCallerCode())
      ->group("Server and caller");
}

CLI::Validator IsDate() {
  return CLI::Validator(
      [](const std::string& text) {
        return ParseDate(text) ? "" : "must be a date such as 2026-02-06, not " + text;
      },
      "DATE");
}

std::optional<google::protobuf::Timestamp> ReadInstant(const std::string& text) {
  absl::Time instant;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &instant, &error)) return std::nullopt;
  const std::int64_t seconds = absl::ToUnixSeconds(instant);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(
      absl::ToInt64Nanoseconds(instant - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

CLI::Validator IsInstant() {
  return CLI::Validator(
      [](const std::string& text) {
        return ReadInstant(text) ? ""
                                 : "must be an instant such as 2026-02-06T09:00:00Z, not " + text;
      },
      "INSTANT");
}

void AddFullFlag(CLI::App& command, client::Length& length) {
  command.add_flag_callback(
      "--full", [&length] { length = client::Length::kFull; }, "Do not cut long texts");
}

int Report(const client::Failure& failure, const ClientOptions& options) {
  const std::string text = client::DescribeFailure(failure, options.server);
  client::Failure described = failure;
  if (described.reason.empty()) described.message = text;
  std::cerr << (options.json ? client::FailureToJson(described) : text) << "\n";
  return client::ExitCodeFor(failure);
}

int ReportUsage(const absl::Status& mistake) {
  std::cerr << std::string(mistake.message()) << "\n";
  return client::kExitUsage;
}

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    return absl::NotFoundError(
        absl::StrCat("Expected to read ", path, ", but it is no file that can be opened."));
  }
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

}  // namespace apdr
