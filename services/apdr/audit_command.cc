#include <CLI/App.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "apdr/query/v1/audit_service.grpc.pb.h"
#include "engine/base/date.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"

namespace apdr {
namespace {

constexpr std::uint32_t kPageSize = 500;

struct AuditOptions {
  ClientOptions client;
  std::string case_id;
  std::string actor_id;
  std::string type;
  std::string from;
  std::string until;
  bool oldest = false;
  bool newest = false;
  std::uint32_t limit = 50;
  client::Length length = client::Length::kLine;
};

// Midnight UTC. Recorded times are UTC.
google::protobuf::Timestamp StartOf(Date date) {
  google::protobuf::Timestamp instant;
  instant.set_seconds(absl::ToUnixSeconds(absl::FromCivil(date, absl::UTCTimeZone())));
  return instant;
}

int Audit(const AuditOptions& options) {
  query::v1::ListEventsRequest request;
  request.set_case_id(options.case_id);
  request.set_actor_id(options.actor_id);
  request.set_event_type(options.type);
  request.set_order(options.oldest ? query::v1::ORDER_OLDEST_FIRST : query::v1::ORDER_NEWEST_FIRST);
  if (const auto from = ParseDate(options.from)) *request.mutable_recorded_from() = StartOf(*from);
  if (const auto until = ParseDate(options.until)) {
    *request.mutable_recorded_until() = StartOf(*until + 1);
  }
  const auto stub = query::v1::AuditService::NewStub(client::OpenChannel(options.client.server));
  std::uint32_t shown = 0;
  do {
    request.set_page_size(std::min(kPageSize, options.limit - shown));
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::ListEventsResponse page;
    const grpc::Status status = stub->ListEvents(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    request.set_page_token(page.next_page_token());
    shown += static_cast<std::uint32_t>(page.rows_size());
    if (options.client.json) {
      for (const auto& row : page.rows()) std::cout << client::ToJson(row.event());
    } else if (page.rows_size() > 0 || shown == 0) {
      std::cout << client::RenderAudit(page, options.length);
    }
  } while (!request.page_token().empty() && shown < options.limit);
  if (!options.client.json && !request.page_token().empty()) {
    std::cout << "There are more: raise --limit.\n";
  }
  return client::kExitOk;
}

}  // namespace

void AddAudit(CLI::App& app, Chosen& chosen) {
  CLI::App* audit =
      app.add_subcommand("audit", "Who did what, why, when it happened, when it was recorded");
  const auto options = std::make_shared<AuditOptions>();
  audit->add_option("--case", options->case_id, "Of this case");
  audit->add_option("--actor-id", options->actor_id, "By this person or system");
  audit->add_option("--type", options->type, "Events of this type, such as PlanAgreed");
  audit->add_option("--from", options->from, "Recorded on or after this date (UTC)")
      ->check(IsDate());
  audit->add_option("--until", options->until, "Recorded on or before this date (UTC)")
      ->check(IsDate());
  auto* oldest = audit->add_flag("--oldest", options->oldest, "Oldest first");
  audit->add_flag("--newest", options->newest, "Newest first (the default)")->excludes(oldest);
  audit->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  AddFullFlag(*audit, options->length);
  AddClientOptions(*audit, options->client);
  AddSettingOption(*audit, options->client);
  audit->footer("Example:\n  apdr audit --type PlanAgreed --from 2025-09-01 --oldest");
  audit->callback([options, &chosen] { chosen = [options] { return Audit(*options); }; });
}

}  // namespace apdr
