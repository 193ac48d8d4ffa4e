#include "services/apdr/notify_role.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/domains/sen_support/case_place.h"
#include "services/host/log.h"
#include "services/notify/routes_file.h"

namespace apdr {
namespace {

// Woken with every change, the notifier looks by itself for what is due again; else its polls do
// the waiting.
constexpr absl::Duration kLookForDue = absl::Milliseconds(200);
constexpr absl::Duration kPollWait = absl::Milliseconds(100);
constexpr absl::Duration kBetweenPolls = absl::Milliseconds(5);
// Messages give way to commands in the same process.
constexpr int kNotifierNice = 10;

void LogFailure(const query::v1::Delivery& delivery) {
  const auto& attempts = delivery.attempts();
  host::Log(host::LogLevel::kWarning, "delivery_failed",
            {{"delivery", delivery.delivery_id()},
             {"recipient", delivery.recipient()},
             {"channel", delivery.channel()},
             {"tries", absl::StrCat(delivery.tries())},
             {"reason", attempts.empty() ? std::string() : attempts.rbegin()->detail()}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<NotifyRole>> NotifyRole::Open(const ServeOptions& options,
                                                             const Parts& parts) {
  APDR_ASSIGN_OR_RETURN(
      notify::Routes routes,
      notify::ReadRoutesFile(options.notify_routes, parts.workflow.definition().events));
  const std::string path = options.data + "/notify";
  auto model = readmodel::RocksDbReadModel::Open(path);
  if (absl::IsDataLoss(model.status())) {
    return absl::DataLossError(absl::StrCat(
        "Expected to open ", path, ", but: ", std::string(model.status().message()),
        " What was delivered stands nowhere else: deleting the folder may repeat messages of the "
        "last days (not_older_than_days)."));
  }
  if (!model.ok()) return model.status();
  APDR_RETURN_IF_ERROR(notify::KeepOutbox(**model, options.shards));
  return std::unique_ptr<NotifyRole>(
      new NotifyRole(options, parts, std::move(routes), *std::move(model)));
}

NotifyRole::NotifyRole(const ServeOptions& options, const Parts& parts, notify::Routes routes,
                       std::unique_ptr<readmodel::RocksDbReadModel> model)
    : woken_(parts.woken),
      routes_(std::move(routes)),
      model_(std::move(model)),
      http_({.ca_file = routes_.ca_file,
             .allow_private_addresses = options.notify_allow_private_addresses}),
      webhooks_(http_),
      reader_({.model = *model_, .event_types = parts.workflow.definition().events}) {
  if (routes_.govuk_notify) {
    govuk_ = std::make_unique<notify::GovukChannel>(http_, *routes_.govuk_notify);
  }
  if (routes_.smtp) {
    mail_server_ = std::make_unique<notify::CurlMail>(
        notify::CurlMailOptions{.url = routes_.smtp->url,
                                .username = routes_.smtp->username,
                                .password = routes_.smtp->password,
                                .ca_file = routes_.ca_file});
    mail_ = std::make_unique<notify::MailChannel>(*mail_server_, routes_.smtp->from);
  }
  notifier_ = std::make_unique<notify::Notifier>(
      notify::Notifier::Parts{.consumer = parts.consumer,
                              .gaps = parts.gaps,
                              .model = *model_,
                              .routes = routes_,
                              .recorded_clock = parts.recorded_clock,
                              .clock = parts.clock,
                              .find_place = sen::FindPlace,
                              .shard_count = options.shards,
                              .poll_wait = woken_ ? absl::ZeroDuration() : kPollWait,
                              .webhooks = &webhooks_,
                              .govuk = govuk_.get(),
                              .mail = mail_.get(),
                              .on_failure = LogFailure});
  service_ = std::make_unique<notify::DeliveryService>(reader_, *notifier_, wakeup_);
}

host::ServedService NotifyRole::Service() {
  return {.name = "apdr.query.v1.DeliveryService", .service = service_.get()};
}

void NotifyRole::StartLoops(const host::FailureHook& on_failure) {
  host::LoopOptions options{.name = "notifier"};
  options.idle_max = woken_ ? kLookForDue : kBetweenPolls;
  options.nice = kNotifierNice;
  loop_ = std::make_unique<host::WorkerLoop>(*notifier_, &wakeup_, options, on_failure);
}

void NotifyRole::StopLoops() {
  if (loop_ != nullptr) loop_->Stop();
}

}  // namespace apdr
