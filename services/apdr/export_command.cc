#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/App.hpp>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apdr/sen/v1/export_service.grpc.pb.h"
#include "engine/base/date.h"
#include "services/apdr/output_file.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"
#include "services/client/text.h"
#include "services/exports/documents.h"

namespace apdr {
namespace {

using exports::Format;
using sen::v1::ExportService;

constexpr std::uint32_t kPageSize = 1000;
// The evidence of a case comes in one message.
constexpr int kReceiveBytesMax = 64 << 20;
// Lists say how far they are this often.
constexpr std::size_t kRowsBetweenNews = 5000;

struct ExportOptions {
  ClientOptions client;
  std::string on;
  std::string known_at;
  std::string setting;
  std::string output;
  Format format = Format::kCsv;
};

struct CensusOptions : ExportOptions {
  sen::v1::CensusTerm term = sen::v1::CENSUS_TERM_UNSPECIFIED;
  std::uint32_t year = 0;
};

struct EvidenceOptions : ExportOptions {
  std::string case_id;
};

// What a list is about to say on standard error: how far it is, and what was found.
class ListReport {
 public:
  explicit ListReport(std::string name) : name_(std::move(name)) {}

  void CountRow() {
    if (++rows_ % kRowsBetweenNews == 0) std::cerr << name_ << ": " << rows_ << " rows\n";
  }
  void Find(const std::string& case_id, const sen::v1::CensusFinding& finding) {
    ++counts_[finding.rule()];
    absl::StrAppend(&findings_, "  row ", rows_, ", case ", case_id, ": ", finding.rule(), " ",
                    finding.fact(), "\n");
  }
  template <class Response>
  void LeaveOut(const Response& page) {
    for (const sen::v1::CaseLeftOut& left_out : page.left_out()) {
      absl::StrAppend(
          &findings_, "  case ", left_out.case_id(), ": left out, ",
          left_out.cause() == "ERASED" ? "its record is erased" : "its record cannot be read",
          "\n");
    }
    on_ = page.on();
  }
  void Print() const {
    std::cerr << name_ << " on " << on_ << ": " << client::Count(rows_, "row");
    for (const auto& [rule, count] : counts_) std::cerr << ", " << count << " of rule " << rule;
    std::cerr << "\n" << findings_;
  }

 private:
  const std::string name_;
  std::string on_;
  std::size_t rows_ = 0;
  std::map<std::string, std::size_t> counts_;
  std::string findings_;
};

template <class Request>
void SetKnownAt(const std::string& text, Request& request) {
  if (auto known_at = ReadInstant(text)) *request.mutable_known_at() = *known_at;
}

// Reads a list to its end, page by page; `list` calls its method, `take` gets each page.
template <class Request, class Response, class List, class Take>
std::optional<client::Failure> ReadList(const ClientOptions& options, Request request, List list,
                                        Take take) {
  const auto stub = ExportService::NewStub(client::OpenChannel(options.server));
  request.set_page_size(kPageSize);
  do {
    grpc::ClientContext context;
    client::Prepare(options.identity, client::kCallTimeout, context);
    Response page;
    const grpc::Status status = list(*stub, &context, request, &page);
    if (!status.ok()) return client::ReadFailure(status);
    take(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return std::nullopt;
}

int Finish(OutputFile& output, const ListReport* report) {
  const absl::Status written = output.Finish();
  if (!written.ok()) return ReportUsage(written);
  if (report != nullptr) report->Print();
  return client::kExitOk;
}

int ExportCensus(const CensusOptions& options) {
  sen::v1::ListCensusRowsRequest request;
  request.set_term(options.term);
  request.set_year(options.year);
  request.set_on(options.on);
  request.set_setting_id(options.setting);
  SetKnownAt(options.known_at, request);
  OutputFile output(options.output);
  if (const absl::Status ready = output.Check(); !ready.ok()) return ReportUsage(ready);
  exports::CensusDocument document(options.format, options.term, output.Writer());
  ListReport report("census");
  const auto failure = ReadList<sen::v1::ListCensusRowsRequest, sen::v1::ListCensusRowsResponse>(
      options.client, request,
      [](ExportService::Stub& stub, auto... call) { return stub.ListCensusRows(call...); },
      [&](const sen::v1::ListCensusRowsResponse& page) {
        for (const sen::v1::CensusRow& row : page.rows()) {
          document.Add(row);
          report.CountRow();
          for (const auto& finding : row.findings()) report.Find(row.case_id(), finding);
        }
        report.LeaveOut(page);
      });
  if (failure) return Report(*failure, options.client);
  document.Close();
  return Finish(output, &report);
}

int ExportAnnexA(const ExportOptions& options) {
  sen::v1::ListAnnexARowsRequest request;
  request.set_on(options.on);
  request.set_setting_id(options.setting);
  SetKnownAt(options.known_at, request);
  OutputFile output(options.output);
  if (const absl::Status ready = output.Check(); !ready.ok()) return ReportUsage(ready);
  exports::AnnexADocument document(options.format, output.Writer());
  ListReport report("annex-a");
  const auto failure = ReadList<sen::v1::ListAnnexARowsRequest, sen::v1::ListAnnexARowsResponse>(
      options.client, request,
      [](ExportService::Stub& stub, auto... call) { return stub.ListAnnexARows(call...); },
      [&](const sen::v1::ListAnnexARowsResponse& page) {
        for (const sen::v1::AnnexARow& row : page.rows()) {
          document.Add(row);
          report.CountRow();
        }
        report.LeaveOut(page);
      });
  if (failure) return Report(*failure, options.client);
  document.Close();
  return Finish(output, &report);
}

int ExportEvidence(const EvidenceOptions& options) {
  OutputFile output(options.output);
  if (const absl::Status ready = output.Check(); !ready.ok()) return ReportUsage(ready);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  const auto stub = ExportService::NewStub(grpc::CreateCustomChannel(
      options.client.server, grpc::InsecureChannelCredentials(), arguments));
  sen::v1::GetEhcEvidenceRequest request;
  request.set_case_id(options.case_id);
  request.set_as_at(options.on);
  SetKnownAt(options.known_at, request);
  grpc::ClientContext context;
  client::Prepare(options.client.identity, client::kCallTimeout, context);
  sen::v1::GetEhcEvidenceResponse response;
  const grpc::Status status = stub->GetEhcEvidence(&context, request, &response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  output.Writer()(exports::EvidenceDocument(options.format, response.evidence()));
  const int code = Finish(output, nullptr);
  if (code == client::kExitOk) {
    std::cerr << "ehc-evidence: "
              << client::Count(static_cast<std::size_t>(response.evidence().items_size()), "item")
              << ", SHA-256 " << response.evidence().total_sha256() << "\n";
  }
  return code;
}

void AddCommonOptions(CLI::App& command, ExportOptions& options) {
  static const std::map<std::string, Format> kFormats = {{"csv", Format::kCsv},
                                                         {"json", Format::kJson}};
  command.add_option("--known-at", options.known_at, "Only with what had been recorded by then")
      ->check(IsInstant());
  command.add_option("--format", options.format, "csv or json")
      ->transform(CLI::CheckedTransformer(kFormats).description("{csv,json}"))
      ->default_str("csv");
  command.add_option("--output", options.output, "Into this file, in place of standard output");
  AddClientOptions(command, options.client);
  command.get_option("--json")->description("Print errors as JSON");
}

void AddCensus(CLI::App& parent, Chosen& chosen) {
  static const std::map<std::string, sen::v1::CensusTerm> kTerms = {
      {"autumn", sen::v1::CENSUS_TERM_AUTUMN},
      {"spring", sen::v1::CENSUS_TERM_SPRING},
      {"summer", sen::v1::CENSUS_TERM_SUMMER}};
  CLI::App* census = parent.add_subcommand(
      "census", "School census, SEN items: provision and, in spring, types of need");
  const auto options = std::make_shared<CensusOptions>();
  census->add_option("--census", options->term, "spring, summer or autumn")
      ->required()
      ->transform(CLI::CheckedTransformer(kTerms).description("{spring,summer,autumn}"));
  auto* year = census->add_option("--year", options->year, "Of this year, on its census day")
                   ->check(CLI::Range(1900, 2199));
  census->add_option("--on", options->on, "On this date; today without --year")
      ->check(IsDate())
      ->excludes(year);
  census->add_option("--setting", options->setting, "Held by this setting, such as URN:199001");
  AddCommonOptions(*census, *options);
  census->footer(
      "What a census would refuse is exported all the same and named on standard error: row, "
      "case,\n"
      "number of the census rule. See docs/exports.md.\n\n"
      "Examples:\n"
      "  apdr export census --census spring --year 2026 --setting URN:199001 --output census.csv\n"
      "  apdr export census --census autumn --on 2025-10-02 --format json");
  census->callback([options, &chosen] { chosen = [options] { return ExportCensus(*options); }; });
}

void AddAnnexA(CLI::App& parent, Chosen& chosen) {
  CLI::App* annex_a = parent.add_subcommand(
      "annex-a", "Annex A of an area inspection, list 2: every child on SEN Support");
  const auto options = std::make_shared<ExportOptions>();
  annex_a->add_option("--on", options->on, "On this date; without it today")->check(IsDate());
  annex_a->add_option("--setting", options->setting, "Held by this setting, such as URN:199001");
  AddCommonOptions(*annex_a, *options);
  annex_a->footer(
      "Example:\n  apdr export annex-a --on 2026-03-02 --role la-send-officer --output list2.csv");
  annex_a->callback([options, &chosen] { chosen = [options] { return ExportAnnexA(*options); }; });
}

void AddEvidence(CLI::App& parent, Chosen& chosen) {
  CLI::App* evidence = parent.add_subcommand(
      "ehc-evidence", "What a case gives as evidence for an EHC needs assessment");
  const auto options = std::make_shared<EvidenceOptions>();
  evidence->add_option("CASE", options->case_id, "The case id")->required();
  evidence->add_option("--on", options->on, "As at the end of this date")->check(IsDate());
  AddCommonOptions(*evidence, *options);
  evidence->footer(
      "Example:\n"
      "  apdr export ehc-evidence 01990000-0000-7000-8000-0000000ca001 --format json \\\n"
      "    --known-at 2026-01-26T12:00:00Z");
  evidence->callback(
      [options, &chosen] { chosen = [options] { return ExportEvidence(*options); }; });
}

}  // namespace

void AddExport(CLI::App& app, Chosen& chosen) {
  CLI::App* parent =
      app.add_subcommand("export", "Lists for other systems: census, Annex A, EHC evidence");
  parent->require_subcommand(1);
  parent->footer(
      "Only roles that may see a UPN: senco, named-person, area-senco, head, la-send-officer,\n"
      "inspector, auditor, system.\n\n"
      "Examples:\n"
      "  apdr export census --census spring --year 2026\n"
      "  apdr export annex-a\n"
      "  apdr export ehc-evidence 01990000-0000-7000-8000-0000000ca001");
  AddCensus(*parent, chosen);
  AddAnnexA(*parent, chosen);
  AddEvidence(*parent, chosen);
}

}  // namespace apdr
