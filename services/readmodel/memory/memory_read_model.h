#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/readmodel/read_model.h"

namespace apdr::readmodel {

// The twin of RocksDbReadModel: the same contract, in memory. In a simulation it stands for the
// disk and outlives the projector that a crash destroys. Does not simulate a crash that falls back
// to older rows and progress, a failed write, or damage. Thread-safe.
class MemoryReadModel final : public ReadModel {
 public:
  [[nodiscard]] absl::Status Apply(const Write& write) override;
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  [[nodiscard]] absl::StatusOr<std::vector<Row>> Scan(const Range& range) const override;
  [[nodiscard]] absl::StatusOr<Progress> ReadProgress(Shard shard) const override;

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;

  mutable absl::Mutex mutex_;
  Rows rows_ ABSL_GUARDED_BY(mutex_);
  std::map<Shard, Progress> progress_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace apdr::readmodel
