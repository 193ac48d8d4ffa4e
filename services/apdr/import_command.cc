#include <unistd.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "services/apdr/output_file.h"
#include "services/apdr/subcommands.h"
#include "services/importer/command_source.h"
#include "services/importer/import_key.h"
#include "services/importer/import_run.h"
#include "services/importer/report.h"
#include "services/importer/sen_support/census_source.h"

namespace apdr {
namespace {

using importer::LineSource;
using importer::ReportForm;

// Where nobody watches, progress is a line of its own this often.
constexpr absl::Duration kBetweenLines = absl::Seconds(10);

struct ImportOptions {
  ImportOptions() {
    client.identity.actor = "import";
    client.identity.role = "system";
  }

  ClientOptions client;
  std::string file;
  std::string key;
  std::string report;
  bool new_key = false;
  bool dry_run = false;
};

struct CensusOptions : ImportOptions {
  std::vector<std::string> set;
  std::vector<std::string> ignored;
};

// The file of an import, or standard input for "-".
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path) {
    if (path_ != "-") file_.open(path_, std::ios::binary);
  }

  [[nodiscard]] absl::Status Check() const {
    std::error_code unknown;
    if (path_ == "-" || (file_.is_open() && !std::filesystem::is_directory(path_, unknown))) {
      return absl::OkStatus();
    }
    return absl::NotFoundError(
        absl::StrCat("Expected to read ", path_, ", but it is no file that can be opened."));
  }
  [[nodiscard]] std::istream& stream() { return path_ == "-" ? std::cin : file_; }
  // Nullopt: it is not known before the end.
  [[nodiscard]] std::optional<std::uint64_t> size() const {
    std::error_code unknown;
    if (path_ == "-" || !std::filesystem::is_regular_file(path_, unknown)) return std::nullopt;
    return std::filesystem::file_size(path_, unknown);
  }

 private:
  const std::string path_;
  std::ifstream file_;
};

// How far an import is, on standard error: a bar that moves on a terminal, else a line now and
// then.
class ProgressLine {
 public:
  ProgressLine(const Clock& clock, std::optional<std::uint64_t> total, bool silent)
      : clock_(clock),
        total_(total),
        terminal_(isatty(STDERR_FILENO) == 1),
        silent_(silent),
        start_(clock.Monotonic()),
        said_at_(start_) {}

  void Show(const importer::Tally& tally, std::uint64_t bytes_read) {
    if (silent_) return;
    const absl::Duration now = clock_.Monotonic();
    if (!terminal_ && now - said_at_ < kBetweenLines) return;
    said_at_ = now;
    const std::string text = importer::RenderProgress(
        tally, {.bytes_read = bytes_read, .bytes_total = total_, .elapsed = now - start_},
        terminal_);
    std::cerr << (terminal_ ? absl::StrCat("\r", text, "\x1b[K") : absl::StrCat(text, "\n"))
              << std::flush;
  }
  // Takes a bar away.
  void Clear() const {
    if (terminal_ && !silent_) std::cerr << "\r\x1b[K" << std::flush;
  }
  [[nodiscard]] absl::Duration Elapsed() const { return clock_.Monotonic() - start_; }

 private:
  const Clock& clock_;
  const std::optional<std::uint64_t> total_;
  const bool terminal_;
  const bool silent_;
  const absl::Duration start_;
  absl::Duration said_at_;
};

ReportForm FormOf(const std::string& path) {
  return path.ends_with(".jsonl") ? ReportForm::kJsonLines : ReportForm::kCsv;
}

CLI::Validator IsReportFile() {
  return CLI::Validator(
      [](const std::string& path) {
        const bool known = path.ends_with(".csv") || path.ends_with(".jsonl");
        return known ? std::string() : "must end with .csv or .jsonl, not " + path;
      },
      "FILE.csv|FILE.jsonl");
}

// Whether a file that one of the paths names would be replaced with the other, or is both.
bool IsSameFile(const std::string& one, const std::string& other) {
  std::error_code unknown;
  if (std::filesystem::equivalent(one, other, unknown)) return true;
  const auto whole = std::filesystem::weakly_canonical(one, unknown);
  return !unknown && whole == std::filesystem::weakly_canonical(other, unknown);
}

// The report takes the place of what has its name, and while it is written of what has that name
// with ".part".
absl::Status CheckReport(const ImportOptions& options) {
  if (options.report.empty()) return absl::OkStatus();
  const std::string file = options.file == "-" ? "/dev/stdin" : options.file;
  for (const std::string& path : {options.report, OutputFile::PartOf(options.report)}) {
    for (const std::string& other : {file, options.key}) {
      if (!IsSameFile(path, other)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("Expected the report to be a file of its own, but ", path, " is ",
                       other == file ? "what is imported" : "the key",
                       ", which it would take the place of. Name another file."));
    }
  }
  return absl::OkStatus();
}

int ExitCodeOf(const importer::ImportResult& result, const ImportOptions& options) {
  if (!result.unread.ok()) return ReportUsage(result.unread);
  if (result.stopped_by.code != grpc::StatusCode::OK) {
    static_cast<void>(Report(result.stopped_by, options.client));
    if (!options.client.json) {
      std::cerr << "Not all lines were settled. Run the same command again"
                << (options.new_key ? ", without --new-key," : "") << " to go on.\n";
    }
    return client::kExitUnreachable;
  }
  return result.tally.refused_lines() == 0 ? client::kExitOk : client::kExitRefused;
}

int Import(const ImportOptions& options, LineSource& source, std::optional<std::uint64_t> total) {
  OutputFile report(options.report);
  const bool reports = !options.report.empty();
  if (reports) report.Writer()(importer::ReportHead(FormOf(options.report)));
  if (const absl::Status ready = report.Check(); !ready.ok()) return ReportUsage(ready);
  const importer::OnRefusal on_refusal = [&](const importer::Refusal& refusal) {
    if (reports) report.Writer()(importer::ReportLine(FormOf(options.report), refusal));
  };
  const SystemClock clock;
  ProgressLine progress(clock, total, options.client.json);
  const importer::OnProgress on_progress = [&](const importer::Tally& tally) {
    progress.Show(tally, source.bytes_read());
  };
  const importer::ImportResult result =
      options.dry_run ? importer::CheckImport(source, on_refusal, on_progress)
                      : importer::RunImport(client::OpenChannel(options.client.server), source,
                                            clock, on_refusal, on_progress);
  progress.Clear();
  std::cout << (options.client.json ? importer::SummaryToJson(result.tally, progress.Elapsed())
                                    : importer::RenderSummary(result.tally, progress.Elapsed()));
  if (reports) {
    if (const absl::Status written = report.Finish(); !written.ok()) return ReportUsage(written);
  }
  return ExitCodeOf(result, options);
}

absl::StatusOr<importer::ImportKey> OpenKey(const ImportOptions& options) {
  if (!options.new_key) return importer::ReadImportKey(options.key);
  absl::StatusOr<importer::ImportKey> made = importer::MakeImportKey(options.key);
  if (made.ok()) {
    std::cerr << "A new key was made in " << options.key
              << ". Keep it: later imports of this tenant need the same, without --new-key.\n";
  }
  return made;
}

int ImportCensus(const CensusOptions& options) {
  importer::CensusColumns columns{.set = {},
                                  .ignored = {options.ignored.begin(), options.ignored.end()}};
  for (const std::string& pair : options.set) {
    const std::size_t sign = pair.find('=');
    columns.set[pair.substr(0, sign)] = pair.substr(sign + 1);
  }
  InputFile input(options.file);
  if (const absl::Status ready = input.Check(); !ready.ok()) return ReportUsage(ready);
  if (const absl::Status apart = CheckReport(options); !apart.ok()) return ReportUsage(apart);
  const auto key = OpenKey(options);
  if (!key.ok()) return ReportUsage(key.status());
  const auto source = importer::OpenCensus(input.stream(), columns, options.client.identity, *key);
  if (!source.ok()) return ReportUsage(source.status());
  return Import(options, **source, input.size());
}

int ImportCommands(const ImportOptions& options) {
  InputFile input(options.file);
  if (const absl::Status ready = input.Check(); !ready.ok()) return ReportUsage(ready);
  if (const absl::Status apart = CheckReport(options); !apart.ok()) return ReportUsage(apart);
  const auto key = OpenKey(options);
  if (!key.ok()) return ReportUsage(key.status());
  const auto source = importer::OpenCommands(input.stream(), options.client.identity, *key);
  return Import(options, *source, input.size());
}

void AddCommonOptions(CLI::App& command, ImportOptions& options) {
  command.add_option("FILE", options.file, "What to import; - reads standard input")->required();
  command
      .add_option("--key", options.key,
                  "The file with the secret from which ids are made. Every import of a tenant "
                  "needs the same")
      ->required();
  command.add_flag("--new-key", options.new_key,
                   "Make the file of --key: for the first import of a tenant, and no other");
  command
      .add_option("--report", options.report,
                  "Every refused line with its code and what to do, into this file")
      ->check(IsReportFile());
  command.add_flag("--dry-run", options.dry_run,
                   "Read and check every line, and send nothing: what only the server can refuse "
                   "is not found");
  AddClientOptions(command, options.client);
  AddSettingOption(command, options.client);
  command.get_option("--json")->description("Print the summary as JSON, and no progress");
}

constexpr char kExitCodes[] =
    "Exit codes: 0 nothing was refused, 1 some lines were refused, 2 wrong command line or file,\n"
    "3 the server was not reached or went away; run the same command again, without\n"
    "--new-key, to go on.\n\n";

void AddCensus(CLI::App& parent, Chosen& chosen) {
  CLI::App* census =
      parent.add_subcommand("census", "Children of a school census, CSV: one line for each child");
  const auto options = std::make_shared<CensusOptions>();
  AddCommonOptions(*census, *options);
  census
      ->add_option("--set", options->set,
                   "COLUMN=VALUE: the same value on every line, for a column that the file does "
                   "not have")
      ->allow_extra_args(false)
      ->check(CLI::Validator(
          [](const std::string& pair) {
            return pair.find('=') == std::string::npos ? "must be COLUMN=VALUE, not " + pair
                                                       : std::string();
          },
          "COLUMN=VALUE"));
  census->add_option("--ignore", options->ignored, "A column of the file that is left out")
      ->allow_extra_args(false);
  census->footer(
      absl::StrCat(
          kExitCodes,
          "Examples:\n"
          "  apdr import census spring.csv --key la-801.key --new-key --report refused.csv \\\n"
          "    --set HomeLA=801 --set SettingType=school --ignore Ethnicity\n"
          "  apdr import census spring.csv --key la-801.key --dry-run")
          .c_str());
  census->callback([options, &chosen] { chosen = [options] { return ImportCensus(*options); }; });
}

void AddCommands(CLI::App& parent, Chosen& chosen) {
  CLI::App* commands = parent.add_subcommand(
      "commands", "Commands in JSON Lines: whole histories, one command on each line");
  const auto options = std::make_shared<ImportOptions>();
  AddCommonOptions(*commands, *options);
  commands->footer(
      absl::StrCat(kExitCodes,
                   "Examples:\n"
                   "  apdr import commands history.jsonl --key la-801.key --report refused.jsonl\n"
                   "  zcat history.jsonl.gz | apdr import commands - --key la-801.key")
          .c_str());
  commands->callback(
      [options, &chosen] { chosen = [options] { return ImportCommands(*options); }; });
}

}  // namespace

void AddImport(CLI::App& app, Chosen& chosen) {
  CLI::App* parent =
      app.add_subcommand("import", "Bring existing records in: a census, or histories as commands");
  parent->require_subcommand(1);
  parent->footer(
      "Running an import again takes nothing over twice, so one that broke off is run again. See\n"
      "docs/import.md.\n\n"
      "Examples:\n"
      "  apdr import census spring.csv --key la-801.key --report refused.csv\n"
      "  apdr import commands history.jsonl --key la-801.key");
  AddCensus(*parent, chosen);
  AddCommands(*parent, chosen);
}

}  // namespace apdr
