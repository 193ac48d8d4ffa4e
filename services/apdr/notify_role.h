#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/wakeup.h"
#include "engine/core/workflow.h"
#include "services/apdr/serve_options.h"
#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"
#include "services/host/grpc_host.h"
#include "services/host/worker_loop.h"
#include "services/notify/curl_http.h"
#include "services/notify/curl_mail.h"
#include "services/notify/service/delivery_reader.h"
#include "services/notify/service/delivery_service.h"
#include "services/notify/govuk_channel.h"
#include "services/notify/mail_channel.h"
#include "services/notify/notifier.h"
#include "services/notify/routes.h"
#include "services/notify/webhook_channel.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"

namespace apdr {

// Tells people and systems what happened. One process at a time may be one for a set of routes: two
// would both send.
class NotifyRole {
 public:
  // What it needs of the rest of the process. Borrowed; `gaps` may be null.
  struct Parts {
    const core::Workflow& workflow;
    const Clock& recorded_clock;  // In whose time events are recorded.
    const Clock& clock;           // The machine's.
    bus::Consumer& consumer;
    bus::RecordSource* gaps;
    // Whether wakeup() is notified of every change; else polls of the consumer wait for records.
    bool woken = false;
  };

  // Reads the routes and opens the outbox in <data>/notify. What was delivered stands nowhere else,
  // so a damaged one is refused, not made anew.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<NotifyRole>> Open(const ServeOptions& options,
                                                                        const Parts& parts);

  // Notify when the bus may have something new.
  [[nodiscard]] Wakeup& wakeup() { return wakeup_; }
  [[nodiscard]] host::ServedService Service();

  void StartLoops(const host::FailureHook& on_failure);
  void StopLoops();

 private:
  NotifyRole(const ServeOptions& options, const Parts& parts, notify::Routes routes,
             std::unique_ptr<readmodel::RocksDbReadModel> model);

  const bool woken_;
  Wakeup wakeup_;
  const notify::Routes routes_;
  const std::unique_ptr<readmodel::RocksDbReadModel> model_;
  notify::CurlHttp http_;
  notify::WebhookChannel webhooks_;
  std::unique_ptr<notify::GovukChannel> govuk_;
  std::unique_ptr<notify::CurlMail> mail_server_;
  std::unique_ptr<notify::MailChannel> mail_;
  std::unique_ptr<notify::Notifier> notifier_;
  const notify::DeliveryReader reader_;
  std::unique_ptr<notify::DeliveryService> service_;
  std::unique_ptr<host::WorkerLoop> loop_;
};

}  // namespace apdr
