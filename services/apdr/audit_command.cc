#include <CLI/App.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apdr/query/v1/audit_service.grpc.pb.h"
#include "engine/base/date.h"
#include "services/apdr/output_file.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"
#include "services/client/text.h"
#include "services/exports/csv.h"

namespace apdr {
namespace {

constexpr std::uint32_t kPageSize = 500;
// An export says how far it is this often.
constexpr std::uint64_t kRowsBetweenNews = 10000;

enum class Format { kNone, kJsonLines, kCsv };

struct AuditOptions {
  ClientOptions client;
  std::string case_id;
  std::string actor_id;
  std::string actor_role;
  std::string acting_for;
  std::string type;
  std::string from;
  std::string until;
  std::string happened_from;
  std::string happened_until;
  bool oldest = false;
  bool newest = false;
  bool count = false;
  std::uint32_t limit = 50;
  client::Length length = client::Length::kLine;
  Format format = Format::kNone;
  std::string output;
};

// Midnight UTC. Recorded times are UTC.
google::protobuf::Timestamp StartOf(Date date) {
  google::protobuf::Timestamp instant;
  instant.set_seconds(absl::ToUnixSeconds(absl::FromCivil(date, absl::UTCTimeZone())));
  return instant;
}

query::v1::ListEventsRequest RequestOf(const AuditOptions& options) {
  query::v1::ListEventsRequest request;
  request.set_case_id(options.case_id);
  request.set_actor_id(options.actor_id);
  request.set_actor_role(options.actor_role);
  request.set_setting_id(options.acting_for);
  request.set_event_type(options.type);
  request.set_occurred_from(options.happened_from);
  request.set_occurred_until(options.happened_until);
  request.set_order(options.oldest ? query::v1::ORDER_OLDEST_FIRST : query::v1::ORDER_NEWEST_FIRST);
  if (const auto from = ParseDate(options.from)) *request.mutable_recorded_from() = StartOf(*from);
  if (const auto until = ParseDate(options.until)) {
    *request.mutable_recorded_until() = StartOf(*until + 1);
  }
  return request;
}

using Stub = query::v1::AuditService::Stub;

// The sum of all parts.
std::optional<client::Failure> CountAll(Stub& stub, const AuditOptions& options,
                                        std::uint64_t& count) {
  query::v1::CountEventsRequest request;
  *request.mutable_conditions() = RequestOf(options);
  do {
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::CountEventsResponse part;
    const grpc::Status status = stub.CountEvents(&context, request, &part);
    if (!status.ok()) return client::ReadFailure(status);
    count += part.count();
    request.set_page_token(part.next_page_token());
  } while (!request.page_token().empty());
  return std::nullopt;
}

int Count(Stub& stub, const AuditOptions& options) {
  std::uint64_t count = 0;
  if (const auto failure = CountAll(stub, options, count)) return Report(*failure, options.client);
  if (options.client.json) {
    std::cout << "{\"count\":" << count << "}\n";
  } else {
    std::cout << count << (count == 1 ? " event\n" : " events\n");
  }
  return client::kExitOk;
}

// Every event that meets the conditions, with how far it is on standard error.
int Export(Stub& stub, const AuditOptions& options) {
  std::uint64_t total = 0;
  if (const auto failure = CountAll(stub, options, total)) return Report(*failure, options.client);
  OutputFile output(options.output);
  const auto write = output.Writer();
  if (options.format == Format::kCsv) write(exports::CsvLine(client::AuditColumns()));
  query::v1::ListEventsRequest request = RequestOf(options);
  request.set_page_size(kPageSize);
  std::uint64_t written = 0;
  std::uint64_t said = 0;
  do {
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::ListEventsResponse page;
    const grpc::Status status = stub.ListEvents(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    for (const auto& row : page.rows()) {
      write(options.format == Format::kCsv ? exports::CsvLine(client::AuditCells(row.event()))
                                           : client::ToJson(row.event()));
    }
    written += static_cast<std::uint64_t>(page.rows_size());
    if (written - said >= kRowsBetweenNews) {
      std::cerr << "audit: " << written << " of " << total << " events\n";
      said = written;
    }
    if (const absl::Status fine = output.Check(); !fine.ok()) return ReportUsage(fine);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (const absl::Status done = output.Finish(); !done.ok()) return ReportUsage(done);
  std::cerr << "audit: " << client::Count(written, "event") << "\n";
  return client::kExitOk;
}

int Show(Stub& stub, const AuditOptions& options) {
  query::v1::ListEventsRequest request = RequestOf(options);
  std::uint32_t shown = 0;
  do {
    request.set_page_size(std::min(kPageSize, options.limit - shown));
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::ListEventsResponse page;
    const grpc::Status status = stub.ListEvents(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    request.set_page_token(page.next_page_token());
    shown += static_cast<std::uint32_t>(page.rows_size());
    if (options.client.json) {
      for (const auto& row : page.rows()) std::cout << client::ToJson(row.event());
    } else if (page.rows_size() > 0) {
      std::cout << client::RenderAudit(page, options.length);
    }
  } while (!request.page_token().empty() && shown < options.limit);
  if (!options.client.json) {
    if (shown == 0) std::cout << client::RenderAudit({}, options.length);
    if (!request.page_token().empty()) std::cout << "There are more: raise --limit.\n";
  }
  return client::kExitOk;
}

int Audit(const AuditOptions& options) {
  const auto stub = query::v1::AuditService::NewStub(client::OpenChannel(options.client.server));
  if (options.count) return Count(*stub, options);
  return options.format == Format::kNone ? Show(*stub, options) : Export(*stub, options);
}

}  // namespace

void AddAudit(CLI::App& app, Chosen& chosen) {
  CLI::App* audit =
      app.add_subcommand("audit", "Who did what, why, when it happened, when it was recorded");
  const auto options = std::make_shared<AuditOptions>();
  audit->add_option("--case", options->case_id, "Of this case");
  audit->add_option("--actor-id", options->actor_id, "By this person or system");
  audit->add_option("--actor-role", options->actor_role, "By somebody in this role, such as senco");
  audit->add_option("--acting-for", options->acting_for,
                    "By somebody who acted for this setting, such as URN:199001");
  audit->add_option("--type", options->type, "Events of this type, such as PlanAgreed");
  audit->add_option("--from", options->from, "Recorded on or after this date (UTC)")
      ->check(IsDate());
  audit->add_option("--until", options->until, "Recorded on or before this date (UTC)")
      ->check(IsDate());
  audit->add_option("--happened-from", options->happened_from, "Happened on or after this date")
      ->check(IsDate());
  audit->add_option("--happened-until", options->happened_until, "Happened on or before this date")
      ->check(IsDate());
  auto* oldest = audit->add_flag("--oldest", options->oldest, "Oldest first");
  audit->add_flag("--newest", options->newest, "Newest first (the default)")->excludes(oldest);
  audit->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  auto* count = audit->add_flag("--count", options->count, "How many, exactly");
  static const std::map<std::string, Format> kFormats = {{"jsonl", Format::kJsonLines},
                                                         {"csv", Format::kCsv}};
  audit->add_option("--export", options->format, "All of them, as jsonl or csv")
      ->transform(CLI::CheckedTransformer(kFormats).description("{jsonl,csv}"))
      ->excludes(count);
  audit->add_option("--output", options->output, "Into this file, in place of standard output");
  AddFullFlag(*audit, options->length);
  AddClientOptions(*audit, options->client);
  AddSettingOption(*audit, options->client);
  audit->footer(
      "Examples:\n"
      "  apdr audit --type PlanAgreed --from 2025-09-01 --oldest\n"
      "  apdr audit --actor-role head --acting-for URN:199001 --count\n"
      "  apdr audit --from 2025-09-01 --export csv --output audit.csv");
  audit->callback([options, &chosen] { chosen = [options] { return Audit(*options); }; });
}

}  // namespace apdr
