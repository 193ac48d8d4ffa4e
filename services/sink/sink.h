#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/worker.h"
#include "services/sink/copy_fold.h"
#include "services/sink/erasure_scan.h"
#include "services/sink/same_log.h"
#include "services/sink/target.h"

namespace apdr::sink {

// What the sink's own read model is opened as: kept, or emptied and folded again.
enum class Begin : bool { kWhereItStopped, kAnew };

// Keeps a relational copy of the cases in a target. Whatever happens to the target is the sink's
// trouble alone: it says so and tries again.
//
// At every moment the target holds exactly what a fold of the log up to its positions gives, less
// changes of cases that the log erases further on, as far as it went when the sink opened. The
// read model that the sink folds into is a cache: one that is damaged, or ahead of the target (an
// empty database, or one from a backup), is folded again from the bus; once, for what recurs at the
// same place is not the cache's damage, and the sink stands still.
class Sink final : public Worker {
 public:
  using OpenModel = std::function<absl::StatusOr<std::unique_ptr<readmodel::ReadModel>>(Begin)>;
  // What the copy lacks although it goes on: stale cases, and records that are no events.
  struct Lacking {
    std::size_t cases_set_aside = 0;
    std::uint64_t records_unreadable = 0;  // Since the model was opened.
  };
  // Who is told how it goes, in the worker's thread. No personal data.
  struct Listener {
    // Why the copy, or a shard of it, stands still; empty: all of it goes on.
    std::function<void(const std::string& trouble)> on_trouble;
    // There is more of it than before.
    std::function<void(const Lacking& lacking)> on_lacking;
  };

  // Borrowed: what the parts borrow. `target` needs not be open.
  Sink(const CopyFold::Parts& parts, OpenModel open_model, const CopyOptions& options,
       Listener listener);

  // Copies what there is of a batch, of several where they are full. kUnavailable, whatever stands
  // in the way of all shards: to be tried again. OK while one shard stands still and others go on;
  // the listener hears of it.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

 private:
  absl::StatusOr<StepResult> TryStep();
  absl::StatusOr<StepResult> CopyOn();
  absl::Status CheckLog() const;
  absl::Status CheckEvent(Shard shard, const Reached& known) const;
  absl::Status BeginScan();
  void RebuildOnce();
  void Report(const std::string& trouble);
  void Report(const Lacking& lacking);

  SameLogConsumer consumer_;
  const CopyFold::Parts parts_;  // With that consumer.
  const OpenModel open_model_;
  const CopyOptions options_;
  const Listener listener_;
  std::vector<Reached> rebuilt_at_;  // Where the target stood when the cache was damaged last.
  Begin begin_ = Begin::kWhereItStopped;
  // Until the fold is there: what it will be made of.
  std::unique_ptr<readmodel::ReadModel> model_;
  std::optional<ErasureScan> scan_;
  std::unique_ptr<CopyFold> fold_;
  std::string trouble_ = "Nothing has been copied yet.";
  Lacking lacking_;
};

}  // namespace apdr::sink
