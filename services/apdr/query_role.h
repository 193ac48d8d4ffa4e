#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/wakeup.h"
#include "engine/core/workflow.h"
#include "engine/domains/sen_support/policy.h"
#include "services/apdr/serve_options.h"
#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"
#include "services/document/document_reader.h"
#include "services/document/document_service.h"
#include "services/exports/export_reader.h"
#include "services/exports/export_service.h"
#include "services/host/grpc_host.h"
#include "services/host/worker_loop.h"
#include "services/projection/audit_projection.h"
#include "services/projection/case_projection.h"
#include "services/projection/chronology_projection.h"
#include "services/projection/projector.h"
#include "services/projection/rows/progress_board.h"
#include "services/query/audit_reader.h"
#include "services/query/audit_service.h"
#include "services/query/case_reader.h"
#include "services/query/query_service.h"
#include "services/readmodel/rocksdb/rocksdb_read_model.h"
#include "services/views/view_followers.h"
#include "services/views/view_service.h"

namespace apdr {

// Read models and what answers from them. Any number of processes may be one; each folds the bus
// for itself.
class QueryRole {
 public:
  // What it needs of the rest of the process. Borrowed; `gaps` may be null.
  struct Parts {
    const core::Workflow& workflow;
    const sen::Policy& policy;
    const Clock& clock;
    bus::Consumer& consumer;
    bus::RecordSource* gaps;
    // Whether wakeup() is notified of every change, as it is where the log is in this process;
    // else polls of the consumer wait for records.
    bool woken = false;
  };

  // Opens the read model in <data>/readmodel; one that another version made, or that is damaged, is
  // folded again.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<QueryRole>> Open(const ServeOptions& options,
                                                                       const Parts& parts);

  // Notify when the bus may have something new.
  [[nodiscard]] Wakeup& wakeup() { return wakeup_; }
  [[nodiscard]] std::vector<host::ServedService> Services();

  void StartLoops(const host::FailureHook& on_failure);
  void StopLoops();

 private:
  QueryRole(const Parts& parts, std::uint32_t shards,
            std::unique_ptr<readmodel::RocksDbReadModel> model);

  const bool woken_;
  Wakeup wakeup_;
  const std::unique_ptr<readmodel::RocksDbReadModel> model_;
  projection::ProgressBoard board_;
  const views::ViewFollowers views_;
  projection::CaseProjection cases_;
  projection::ChronologyProjection chronology_;
  projection::AuditProjection audit_;
  projection::Projector projector_;
  const query::CaseReader case_reader_;
  const query::AuditReader audit_reader_;
  const exports::ExportReader export_reader_;
  const document::DocumentReader document_reader_;
  query::QueryService query_service_;
  query::AuditService audit_service_;
  exports::ExportService export_service_;
  document::DocumentService document_service_;
  views::ViewService view_service_;
  std::unique_ptr<host::WorkerLoop> loop_;
};

}  // namespace apdr
