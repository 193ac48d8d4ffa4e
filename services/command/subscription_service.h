#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

#include "engine/base/wakeup.h"
#include "engine/base/worker.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"

namespace apdr::command {

// Events of one shard read for one subscriber at a time.
inline constexpr std::size_t kSubscriptionCommitsPerPage = 256;

// The gRPC face of the log's change feed (apdr.command.v1.SubscriptionService). One worker serves
// all subscribers: a step reads the next page for each whose last batch has been taken by the
// network, so a slow subscriber costs one page of memory and delays nobody.
class SubscriptionService {
 public:
  // Borrows both. The server that runs service() must be shut down before this goes.
  SubscriptionService(eventstore::EventStore& store, const core::Workflow& workflow);
  ~SubscriptionService();

  [[nodiscard]] grpc::Service& service();
  [[nodiscard]] Worker& worker();
  // Notify when the store has become longer; subscribers notify it by themselves.
  [[nodiscard]] Wakeup& wakeup();

  // Ends every subscription (UNAVAILABLE), so that the server can shut down.
  void CloseAll();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace apdr::command
