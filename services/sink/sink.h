#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/base/worker.h"
#include "services/sink/copy_fold.h"
#include "services/sink/target.h"

namespace apdr::sink {

// What the sink's own read model is opened as: kept, or emptied and folded again.
enum class Begin : bool { kWhereItStopped, kAnew };

// Keeps a relational copy of the cases in a target. Whatever happens to the target is the sink's
// trouble alone: it says so and tries again.
//
// At every moment the target holds exactly what a fold of the log up to its positions gives. The
// read model that the sink folds into is a cache: one that is damaged, or ahead of the target (an
// empty database, or one from a backup), is folded again from the bus.
class Sink final : public Worker {
 public:
  using OpenModel = std::function<absl::StatusOr<std::unique_ptr<readmodel::ReadModel>>(Begin)>;
  // Why nothing is copied now; empty: it goes on. No personal data. Called in the worker's thread.
  using OnTrouble = std::function<void(const std::string& trouble)>;

  // Borrowed: what the parts borrow. `target` needs not be open.
  Sink(const CopyFold::Parts& parts, OpenModel open_model, const CopyOptions& options,
       OnTrouble on_trouble);

  // kUnavailable, whatever stands in the way: to be tried again.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

 private:
  absl::StatusOr<StepResult> TryStep();
  absl::Status CheckLog() const;
  absl::Status OpenFold();
  void Report(const std::string& trouble);

  const CopyFold::Parts parts_;
  const OpenModel open_model_;
  const CopyOptions options_;
  const OnTrouble on_trouble_;
  Begin begin_ = Begin::kWhereItStopped;
  std::unique_ptr<CopyFold> fold_;
  std::string trouble_ = "Nothing has been copied yet.";
};

}  // namespace apdr::sink
