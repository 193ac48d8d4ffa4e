#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "engine/core/workflow.h"
#include "services/projection/case_follower.h"
#include "services/projection/projection.h"
#include "services/readmodel/read_model.h"

namespace apdr::projection {

// Cases as they stand, and the lists that follow from them: by setting, and what is due. Folds the
// declared workflow's state; keeps the states of the cases used last in memory, and writes a case
// once per batch.
class CaseProjection final : public Projection {
 public:
  // All borrowed.
  struct Parts {
    const core::Workflow& workflow;
    const readmodel::ReadModel& model;
    // Folds a domain's own rows of the same events; may be null.
    const CaseFollowers* followers = nullptr;
  };

  // REQUIRES: cached_cases_max > 0
  CaseProjection(const Parts& parts, std::size_t cached_cases_max);

  [[nodiscard]] std::string_view name() const override { return "case"; }
  // kInvalidArgument: the event's type is unknown or not declared, its payload does not read back,
  // or it is not the next of its case.
  [[nodiscard]] absl::Status Fold(const FoldInput& input, RowWriter& rows) override;
  [[nodiscard]] absl::Status SetAside(const StreamId& stream, RowWriter& rows) override;
  [[nodiscard]] absl::Status Finish(RowWriter& rows) override;
  void Forget() override;

 private:
  struct Case {
    StreamId stream;
    core::State state;
    Shard shard;
    Position position;  // Of the last event folded.
    bool stale = false;
    bool changed = false;                          // Since it was last written.
    std::map<std::string, std::string> list_rows;  // As last written.
    std::unique_ptr<CaseFollower> follower;        // Since then; null: there is none.
  };
  using Cases = std::list<Case>;

  absl::StatusOr<Case*> Find(const StreamId& stream);
  absl::StatusOr<Case> Load(const StreamId& stream) const;
  // Before the case changes.
  absl::Status Follow(Case& changing) const;
  void MarkChanged(Case& changed);
  absl::Status Write(Case& changed, RowWriter& rows) const;

  const Parts parts_;
  const std::size_t cached_cases_max_;
  Cases cases_;  // Used last first.
  absl::flat_hash_map<StreamId, Cases::iterator> by_stream_;
  std::vector<Case*> changed_;  // In the order they changed in this batch.
};

}  // namespace apdr::projection
