#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/base/worker.h"
#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"
#include "services/projection/projection.h"
#include "services/projection/rows/progress_board.h"
#include "services/projection/rows/row_values.h"
#include "services/readmodel/read_model.h"

namespace apdr::projection {

struct ProjectorOptions {
  // Folded into one write. While catching up a case is written once per batch, so more is faster.
  std::size_t batch_records_max = 5000;
  absl::Duration poll_wait;  // How long one poll of the bus may wait for a record.
};

// How the folding goes, for health and metrics.
struct ProjectorStatus {
  struct ShardStatus {
    Shard shard;
    Position position;    // Stored.
    std::string trouble;  // Why the shard stands still; empty: it does not.
  };
  std::vector<ShardStatus> shards;
  std::size_t cases_set_aside = 0;
  std::uint64_t records_unreadable = 0;  // Since the start.
  std::uint64_t gaps = 0;                // Met since the start.
};

// What a read model's layout row says. `meaning` names the meaning of the rows; another shard count
// is another layout, because positions and cases belong to shards.
[[nodiscard]] std::string LayoutOf(std::string_view meaning, std::uint32_t shard_count);

// Folds the events topic into a read model, each event exactly once: rows and position are written
// in one piece, what is at or below the stored position is dropped, and a gap is filled from the
// log. If there is no way to the log it stops its shard until the bus delivers what was missing.
//
// An event that a projection cannot fold sets its case aside for that projection: the case's row
// says so, its later events wait in the chronology, all other cases go on. When the projector
// starts, it tries these cases again (a newer binary may know the event). A record that is no event
// at all is kept and counted.
//
// After an error nothing of the batch is kept and the next step begins from what is stored.
class Projector final : public Worker {
 public:
  // All borrowed. One of the projections must be the chronology. `layout` names the meaning of the
  // rows (codec::StateFormat and the like): a read model of another layout is refused. `gaps` may
  // be null.
  struct Parts {
    bus::Consumer& consumer;
    readmodel::ReadModel& model;
    std::vector<Projection*> projections;
    std::string layout;
    ProgressBoard& board;
    bus::RecordSource* gaps;
  };

  Projector(Parts parts, const ProjectorOptions& options);

  // kUnavailable: the bus cannot be reached now. kFailedPrecondition: the read model has another
  // layout, or comes from another log. kDataLoss: a row does not read back, or too many cases are
  // set aside.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

  // Thread-safe.
  [[nodiscard]] ProjectorStatus status() const;

 private:
  struct ShardState {
    Position position;  // Folded.
    std::string token;  // To resume after `position`.
    bool changed = false;
    Position target;  // Above 0: the log is read up to here, because of a gap.
    std::string target_token;
    std::string trouble;
  };
  // An index into the projections, and a case.
  using SetAsideKeyParts = std::pair<std::size_t, StreamId>;

  absl::StatusOr<StepResult> TryStep();
  absl::Status Start();
  absl::Status CheckLayout();
  absl::Status LoadSetAside();
  absl::Status Retry(const SetAsideRow& row);
  absl::Status Accept(bus::Received received);
  static void CloseGap(ShardState& state, std::string token);
  absl::Status FillGap(Shard shard);
  absl::Status FoldRecord(const bus::Record& record);
  absl::Status FoldInto(std::size_t projection, const FoldInput& input);
  absl::Status SetAside(std::size_t projection, const FoldInput& input, std::string reason);
  absl::Status Commit();
  void StartOver();
  void UpdateStatus();

  const Parts parts_;
  const ProjectorOptions options_;
  bool started_ = false;
  RowWriter rows_;
  std::vector<ShardState> shards_;
  std::map<SetAsideKeyParts, SetAsideRow> set_aside_;
  std::deque<SetAsideRow> retries_;
  std::uint64_t records_unreadable_ = 0;
  std::uint64_t gaps_ = 0;
  mutable absl::Mutex mutex_;
  ProjectorStatus report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::projection
