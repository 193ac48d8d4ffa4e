#include <CLI/App.hpp>
#include <iostream>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apdr/query/v1/document_service.grpc.pb.h"
#include "services/apdr/output_file.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"

namespace apdr {
namespace {

using query::v1::DocumentKind;
using query::v1::GetDocumentRequest;
using query::v1::GetDocumentResponse;

struct DocumentOptions {
  ClientOptions client;
  std::string kind;
  std::string case_id;
  std::uint32_t cycle = 0;
  std::string as_at;
  std::string known_at;
  std::string output = "-";
};

const std::map<std::string, DocumentKind>& Kinds() {
  static const auto* const kKinds = new std::map<std::string, DocumentKind>{
      {"profile", query::v1::DOCUMENT_KIND_ONE_PAGE_PROFILE},
      {"plan", query::v1::DOCUMENT_KIND_PLAN},
      {"review", query::v1::DOCUMENT_KIND_REVIEW_RECORD},
      {"chronology", query::v1::DOCUMENT_KIND_CHRONOLOGY},
      {"evidence", query::v1::DOCUMENT_KIND_EVIDENCE_BUNDLE}};
  return *kKinds;
}

GetDocumentRequest RequestOf(const DocumentOptions& options) {
  GetDocumentRequest request;
  request.set_case_id(options.case_id);
  request.set_kind(Kinds().at(options.kind));
  request.set_cycle(options.cycle);
  request.set_as_at(options.as_at);
  if (auto known_at = ReadInstant(options.known_at)) *request.mutable_known_at() = *known_at;
  return request;
}

int Write(const DocumentOptions& options, const std::string& content) {
  if (options.output == "-") {
    if (!options.client.json) std::cout << content << std::flush;
    return client::kExitOk;
  }
  OutputFile file(options.output);
  file.Writer()(content);
  const absl::Status written = file.Finish();
  return written.ok() ? client::kExitOk : ReportUsage(written);
}

int Document(const DocumentOptions& options) {
  const auto stub = query::v1::DocumentService::NewStub(client::OpenChannel(options.client.server));
  GetDocumentRequest request = RequestOf(options);
  GetDocumentResponse response;
  std::string content;
  std::string sha256;
  do {
    request.set_offset(content.size());
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    const grpc::Status status = stub->GetDocument(&context, request, &response);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    if (!content.empty() && response.sha256() != sha256) {
      std::cerr << "Expected to read the document, but the record has changed meanwhile. Ask "
                   "again, or for a moment with --known-at.\n";
      return client::kExitRefused;
    }
    sha256 = response.sha256();
    content += response.content();
  } while (content.size() < response.total_bytes() && !response.content().empty());
  if (const int code = Write(options, content); code != client::kExitOk) return code;
  if (options.client.json) {
    response.clear_content();
    std::cout << client::ToJson(response);
  }
  return client::kExitOk;
}

}  // namespace

void AddDocument(CLI::App& app, Chosen& chosen) {
  CLI::App* document =
      app.add_subcommand("document", "A document to print: profile, plan, review, ...");
  const auto options = std::make_shared<DocumentOptions>();
  document->add_option("kind", options->kind, "profile, plan, review, chronology or evidence")
      ->check(CLI::IsMember(Kinds()))
      ->option_text("KIND")
      ->required();
  document->add_option("case", options->case_id, "The case id")->option_text("CASE")->required();
  document->add_option("--cycle", options->cycle,
                       "Of a plan or a review: which cycle; the newest unless given");
  document->add_option("--as-at", options->as_at, "With what had happened by the end of this day")
      ->check(IsDate());
  document
      ->add_option("--known-at", options->known_at, "With what had been recorded by this instant")
      ->check(IsInstant());
  document->add_option("--output", options->output, "File to write; - for standard output")
      ->capture_default_str()
      ->option_text("FILE");
  AddClientOptions(*document, options->client);
  AddSettingOption(*document, options->client);
  document->footer(
      "The document is one HTML file with a style sheet for print. With --json its name, hash and\n"
      "size are printed, and the document itself only to a file. It is the record of a person:\n"
      "keep the file as you keep the record.\n"
      "Examples:\n"
      "  apdr document plan CASE --cycle 1 --output plan.html\n"
      "  apdr document evidence CASE --as-at 2026-02-06 --output bundle.html --json");
  document->callback([options, &chosen] { chosen = [options] { return Document(*options); }; });
}

}  // namespace apdr
