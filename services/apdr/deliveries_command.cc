#include <CLI/App.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>

#include "absl/time/time.h"
#include "apdr/query/v1/notify_service.grpc.pb.h"
#include "engine/base/date.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"
#include "services/client/text.h"

namespace apdr {
namespace {

using query::v1::Delivery;

constexpr std::uint32_t kPageSize = 500;
constexpr std::size_t kReasonColumns = 60;

struct ListOptions {
  ClientOptions client;
  std::string state;
  std::string recipient;
  std::string case_id;
  std::string type;
  std::string from;
  std::string until;
  std::uint32_t limit = 50;
};

struct RedeliverOptions {
  ClientOptions client;
  std::string delivery_id;
};

// Midnight UTC. Recorded times are UTC.
google::protobuf::Timestamp StartOf(Date date) {
  google::protobuf::Timestamp instant;
  instant.set_seconds(absl::ToUnixSeconds(absl::FromCivil(date, absl::UTCTimeZone())));
  return instant;
}

query::v1::DeliveryState StateOf(const std::string& word) {
  if (word == "pending") return query::v1::DELIVERY_STATE_PENDING;
  if (word == "delivered") return query::v1::DELIVERY_STATE_DELIVERED;
  if (word == "failed") return query::v1::DELIVERY_STATE_FAILED;
  if (word == "disabled") return query::v1::DELIVERY_STATE_DISABLED;
  return query::v1::DELIVERY_STATE_UNSPECIFIED;
}

std::string WordOf(query::v1::DeliveryState state) {
  for (const char* word : {"pending", "delivered", "failed", "disabled"}) {
    if (StateOf(word) == state) return word;
  }
  return "unknown";
}

std::string TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(timestamp.seconds()),
                          absl::UTCTimeZone());
}

void Print(const std::vector<Delivery>& deliveries) {
  client::Table table(
      {"recorded", "case", "event", "recipient", "by", "state", "tries", "last", "delivery"});
  for (const Delivery& delivery : deliveries) {
    const std::string last =
        delivery.attempts().empty() ? "" : delivery.attempts().rbegin()->detail();
    table.Add({TimeOf(delivery.recorded_time()), delivery.case_id(),
               client::ShortType(delivery.event_type()), delivery.recipient(), delivery.channel(),
               WordOf(delivery.state()), std::to_string(delivery.tries()),
               client::OneLine(last, kReasonColumns), delivery.delivery_id()});
  }
  std::cout << (table.empty() ? "No deliveries.\n" : table.Render());
}

int List(const ListOptions& options) {
  query::v1::ListDeliveriesRequest request;
  request.set_state(StateOf(options.state));
  request.set_recipient(options.recipient);
  request.set_case_id(options.case_id);
  request.set_event_type(options.type);
  if (const auto from = ParseDate(options.from)) *request.mutable_recorded_from() = StartOf(*from);
  if (const auto until = ParseDate(options.until)) {
    *request.mutable_recorded_until() = StartOf(*until + 1);
  }
  const auto stub = query::v1::DeliveryService::NewStub(client::OpenChannel(options.client.server));
  std::vector<Delivery> all;
  do {
    request.set_page_size(
        std::min(kPageSize, options.limit - static_cast<std::uint32_t>(all.size())));
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::ListDeliveriesResponse page;
    const grpc::Status status = stub->ListDeliveries(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    request.set_page_token(page.next_page_token());
    all.insert(all.end(), page.deliveries().begin(), page.deliveries().end());
  } while (!request.page_token().empty() && all.size() < options.limit);
  if (options.client.json) {
    for (const Delivery& delivery : all) std::cout << client::ToJson(delivery);
    return client::kExitOk;
  }
  Print(all);
  if (!request.page_token().empty()) std::cout << "There are more: raise --limit.\n";
  return client::kExitOk;
}

int Redeliver(const RedeliverOptions& options) {
  query::v1::RedeliverRequest request;
  request.set_delivery_id(options.delivery_id);
  grpc::ClientContext context;
  client::Prepare(options.client.identity, client::kCallTimeout, context);
  query::v1::RedeliverResponse response;
  const auto stub = query::v1::DeliveryService::NewStub(client::OpenChannel(options.client.server));
  const grpc::Status status = stub->Redeliver(&context, request, &response);
  if (!status.ok()) return Report(client::ReadFailure(status), options.client);
  if (options.client.json) {
    std::cout << client::ToJson(response.delivery());
  } else {
    Print({response.delivery()});
  }
  return client::kExitOk;
}

void AddList(CLI::App& parent, Chosen& chosen) {
  CLI::App* list = parent.add_subcommand("list", "Print deliveries, newest first");
  const auto options = std::make_shared<ListOptions>();
  list->add_option("--state", options->state, "pending, delivered, failed, disabled")
      ->check(CLI::IsMember({"pending", "delivered", "failed", "disabled"}));
  list->add_option("--recipient", options->recipient, "To this one, as the routes file names it");
  list->add_option("--case", options->case_id, "Of this case");
  list->add_option("--type", options->type, "Of events of this type, such as ReviewOverdue");
  list->add_option("--from", options->from, "Of events recorded on or after this date (UTC)")
      ->check(IsDate());
  list->add_option("--until", options->until, "Of events recorded on or before this date (UTC)")
      ->check(IsDate());
  list->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  AddClientOptions(*list, options->client);
  list->footer(
      "Example:\n  apdr deliveries list --state failed --from 2026-02-01\n"
      "  apdr deliveries list --type ReviewOverdue --json");
  list->callback([options, &chosen] { chosen = [options] { return List(*options); }; });
}

void AddRedeliver(CLI::App& parent, Chosen& chosen) {
  CLI::App* redeliver = parent.add_subcommand(
      "redeliver", "Send a delivery once more, under the id it has, whatever became of it");
  const auto options = std::make_shared<RedeliverOptions>();
  redeliver->add_option("DELIVERY", options->delivery_id, "The delivery id")->required();
  AddClientOptions(*redeliver, options->client);
  redeliver->footer(
      "An endpoint that said it is gone is called again.\n\n"
      "Example:\n  apdr deliveries redeliver 1d4ee7b2-09aa-8b2e-9b1f-0f4a0f4d8c11");
  redeliver->callback([options, &chosen] { chosen = [options] { return Redeliver(*options); }; });
}

}  // namespace

void AddDeliveries(CLI::App& app, Chosen& chosen) {
  CLI::App* parent =
      app.add_subcommand("deliveries", "Who was told of what, and how it went; send again");
  parent->require_subcommand(1);
  parent->footer(
      "Example:\n"
      "  apdr deliveries list --state failed\n"
      "  apdr deliveries redeliver 1d4ee7b2-09aa-8b2e-9b1f-0f4a0f4d8c11");
  AddList(*parent, chosen);
  AddRedeliver(*parent, chosen);
}

}  // namespace apdr
