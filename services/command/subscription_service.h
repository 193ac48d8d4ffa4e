#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <cstddef>
#include <memory>

#include "engine/base/wakeup.h"
#include "engine/base/worker.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"

namespace apdr::command {

// Commits of one shard read for one subscriber at a time.
inline constexpr std::size_t kSubscriptionCommitsPerPage = 256;
// A batch is sent once its events have so many bytes; it holds at least one event. With one more
// event it stays below the 4 MiB that gRPC's clients take unless told otherwise.
inline constexpr std::size_t kSubscriptionBytesMax = 1U << 20;
static_assert(kSubscriptionBytesMax + eventstore::kEventBytesMax < (4U << 20) - (1U << 16));

// The gRPC face of the log's change feed (apdr.command.v1.SubscriptionService). One worker serves
// all subscribers: a step reads the next page for each whose last batch has been taken by the
// network, so a slow subscriber costs one page of memory and delays nobody. A page that does not
// read back ends the subscription that met it (STORE_DAMAGED) and no other: commands go on.
class SubscriptionService {
 public:
  // Borrows both. The server that runs service() must be shut down before this goes.
  SubscriptionService(eventstore::EventStore& store, const core::Workflow& workflow);
  ~SubscriptionService();

  [[nodiscard]] grpc::Service& service();
  // A step fails only with kInternal: the store could not be asked.
  [[nodiscard]] Worker& worker();
  // What the worker's loop waits for.
  [[nodiscard]] Wakeup& wakeup();
  // Thread-safe. To be called when the log has grown; wakes the worker if anyone follows it, which
  // at every commit would cost commands a few percent.
  void LogHasGrown();

  // Ends every subscription (UNAVAILABLE), so that the server can shut down.
  void CloseAll();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace apdr::command
