#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/wakeup.h"
#include "engine/core/workflow.h"
#include "services/apdr/serve_options.h"
#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"
#include "services/host/worker_loop.h"
#include "services/sink/postgres/postgres_target.h"
#include "services/sink/sink.h"

namespace apdr {

// Keeps the copy for analysts in PostgreSQL. A second process of this role waits until the first is
// gone. What is wrong with the server is logged, and for health to say; nothing else stops for it.
class SinkRole {
 public:
  // The name under which health reports whether the copy goes on.
  static constexpr char kHealthName[] = "apdr.sink";

  // What it needs of the rest of the process. Borrowed but the function; `gaps` may be null.
  struct Parts {
    const core::Workflow& workflow;
    bus::Consumer& consumer;
    bus::RecordSource* gaps;
    // Whether wakeup() is notified of every change; else polls of the consumer wait for records.
    bool woken = false;
    // Called in the loop's thread when the copy goes on, or does not any more.
    std::function<void(bool goes_on)> on_change;
  };

  // Needs no server yet. Keeps what it folds in <data>/sink. kInvalidArgument: the connection
  // string cannot be read, or holds a password.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<SinkRole>> Open(const ServeOptions& options,
                                                                      const Parts& parts);

  // Notify when the bus may have something new.
  [[nodiscard]] Wakeup& wakeup() { return wakeup_; }

  void StartLoops(const host::FailureHook& on_failure);
  void StopLoops();

 private:
  SinkRole(const ServeOptions& options, const Parts& parts);

  const bool woken_;
  Wakeup wakeup_;
  sink::PostgresTarget target_;
  sink::Sink sink_;
  std::unique_ptr<host::WorkerLoop> loop_;
};

}  // namespace apdr
