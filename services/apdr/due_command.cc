#include <CLI/App.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>

#include "apdr/query/v1/query_service.grpc.pb.h"
#include "services/apdr/subcommands.h"
#include "services/client/print.h"

namespace apdr {
namespace {

constexpr std::uint32_t kPageSize = 500;

struct DueOptions {
  ClientOptions client;
  std::string setting;
  std::string authority;
  std::string until;
  std::vector<std::string> timers;
  bool overdue = false;
  std::uint32_t limit = 100;
};

int Due(const DueOptions& options) {
  const auto stub = query::v1::QueryService::NewStub(client::OpenChannel(options.client.server));
  query::v1::ListDueRequest request;
  request.set_setting_id(options.setting);
  request.set_authority_id(options.authority);
  request.set_due_until(options.until);
  request.set_overdue_only(options.overdue);
  for (const std::string& timer : options.timers) request.add_timers(timer);
  query::v1::ListDueResponse all;
  do {
    const std::uint32_t missing = options.limit - static_cast<std::uint32_t>(all.items_size());
    request.set_page_size(std::min(kPageSize, missing));
    grpc::ClientContext context;
    client::Prepare(options.client.identity, client::kCallTimeout, context);
    query::v1::ListDueResponse page;
    const grpc::Status status = stub->ListDue(&context, request, &page);
    if (!status.ok()) return Report(client::ReadFailure(status), options.client);
    request.set_page_token(page.next_page_token());
    all.mutable_items()->MergeFrom(page.items());
  } while (!request.page_token().empty() && all.items_size() < static_cast<int>(options.limit));
  if (!options.client.json) {
    std::cout << client::RenderDue(all);
    if (!request.page_token().empty()) std::cout << "There are more: raise --limit.\n";
    return client::kExitOk;
  }
  for (const auto& item : all.items()) std::cout << client::ToJson(item);
  return client::kExitOk;
}

}  // namespace

void AddDue(CLI::App& app, Chosen& chosen) {
  CLI::App* due = app.add_subcommand("due", "What is due or overdue, and whose move it is");
  const auto options = std::make_shared<DueOptions>();
  due->add_option("--setting", options->setting, "Of cases held by this setting");
  due->add_option("--authority", options->authority, "Of cases of this authority");
  due->add_option("--until", options->until, "Due on or before this date, such as 2026-02-06")
      ->check(IsDate());
  due->add_flag("--overdue", options->overdue, "Only what is late");
  due->add_option("--timer", options->timers, "Only these timers, such as T08");
  due->add_option("--limit", options->limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  AddClientOptions(*due, options->client);
  due->footer("Example:\n  apdr due --setting URN:199001 --until 2026-02-06");
  due->callback([options, &chosen] { chosen = [options] { return Due(*options); }; });
}

}  // namespace apdr
