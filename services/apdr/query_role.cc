#include "services/apdr/query_role.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/apdr/derived_model.h"
#include "services/projection/rows/row_keys.h"
#include "services/views/view_table.h"

namespace apdr {
namespace {

constexpr std::size_t kCachedCasesMax = 100000;
// Woken with every change, an idle projector looks by itself only now and then; else its polls do
// the waiting.
constexpr absl::Duration kLookAnyway = absl::Seconds(1);
constexpr absl::Duration kPollWait = absl::Milliseconds(100);
constexpr absl::Duration kBetweenPolls = absl::Milliseconds(5);
// What comes within this time is folded together: a write of rows costs more than the fold. The
// first change after a quiet moment is folded at once.
constexpr absl::Duration kProjectorPace = absl::Milliseconds(5);

// Rows hold what is to be done next, which follows from the policy: under another they are folded
// again.
std::string LayoutMeaning(const core::Workflow& workflow) {
  return absl::StrCat(views::RowMeaning(workflow), "/", workflow.definition().policy);
}

}  // namespace

absl::StatusOr<std::unique_ptr<QueryRole>> QueryRole::Open(const ServeOptions& options,
                                                           const Parts& parts) {
  const std::string layout = projection::LayoutOf(LayoutMeaning(parts.workflow), options.shards);
  APDR_ASSIGN_OR_RETURN(auto model, OpenDerivedModel(options.data + "/readmodel", layout));
  return std::unique_ptr<QueryRole>(new QueryRole(parts, options.shards, std::move(model)));
}

QueryRole::QueryRole(const Parts& parts, std::uint32_t shards,
                     std::unique_ptr<readmodel::RocksDbReadModel> model)
    : woken_(parts.woken),
      model_(std::move(model)),
      board_(shards),
      views_(parts.workflow, *model_, views::ViewTable()),
      cases_({.workflow = parts.workflow, .model = *model_, .followers = &views_}, kCachedCasesMax),
      chronology_(parts.workflow.definition().erased_by),
      projector_({.consumer = parts.consumer,
                  .model = *model_,
                  .projections = {&cases_, &chronology_, &audit_},
                  .layout = LayoutMeaning(parts.workflow),
                  .board = board_,
                  .gaps = parts.gaps},
                 {.poll_wait = parts.woken ? absl::ZeroDuration() : kPollWait}),
      case_reader_({.model = *model_,
                    .workflow = parts.workflow,
                    .clock = parts.clock,
                    .shard_count = shards}),
      audit_reader_({.workflow = parts.workflow, .model = *model_, .shard_count = shards}),
      export_reader_({.model = *model_,
                      .workflow = parts.workflow,
                      .policy = parts.policy,
                      .clock = parts.clock,
                      .shard_count = shards}),
      document_reader_({.model = *model_,
                        .workflow = parts.workflow,
                        .shard_count = shards,
                        .titles = {.profile = parts.policy.titles.profile,
                                   .plan = parts.policy.titles.plan,
                                   .review = parts.policy.titles.review}}),
      query_service_(case_reader_, board_),
      audit_service_(audit_reader_),
      export_service_(export_reader_),
      document_service_(document_reader_, board_),
      view_service_({.model = *model_,
                     .workflow = parts.workflow,
                     .clock = parts.clock,
                     .shard_count = shards},
                    board_) {}

std::vector<host::ServedService> QueryRole::Services() {
  return {{.name = "apdr.query.v1.QueryService", .service = &query_service_},
          {.name = "apdr.query.v1.AuditService", .service = &audit_service_},
          {.name = "apdr.query.v1.DocumentService", .service = &document_service_},
          {.name = "apdr.sen.v1.ExportService", .service = &export_service_},
          {.name = "apdr.sen.v1.ViewService", .service = &view_service_}};
}

void QueryRole::StartLoops(const host::FailureHook& on_failure) {
  host::LoopOptions options{.name = "projector"};
  options.idle_max = woken_ ? kLookAnyway : kBetweenPolls;
  options.pace = kProjectorPace;
  loop_ = std::make_unique<host::WorkerLoop>(projector_, woken_ ? &wakeup_ : nullptr, options,
                                             on_failure);
}

void QueryRole::StopLoops() {
  if (loop_ != nullptr) loop_->Stop();
}

}  // namespace apdr
