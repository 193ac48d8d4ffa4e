#pragma once

#include <set>
#include <utility>

#include "services/readmodel/read_model.h"
#include "services/sink/changes.h"
#include "services/sink/copied_event.h"
#include "services/sink/target.h"

namespace apdr::sink {

// A read model that has every batch copied before it keeps it. So it is never ahead of the target;
// after a crash it may be behind, and what it folds again is dropped until it has caught up: the
// target has that, and later states of the same cases. But for those that it knows no better: what
// it shows as stale, or what was tried again meanwhile, is copied in full once its shard has caught
// up.
class CopyingModel final : public readmodel::ReadModel {
 public:
  // All borrowed. REQUIRES: `target` is open.
  struct Parts {
    readmodel::ReadModel& model;
    Target& target;
    Changes& changes;
    const EventCopying& events;
    // Cases that a later event erases: never copied.
    std::set<StreamId> erased_later;
  };

  explicit CopyingModel(Parts parts) : parts_(std::move(parts)), owed_(parts_.target.stale()) {}

  // Errors of the target, or of the model.
  [[nodiscard]] absl::Status Apply(const readmodel::Write& write) override;
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const override {
    return parts_.model.Get(key);
  }
  [[nodiscard]] absl::StatusOr<std::vector<readmodel::Row>> Scan(
      const readmodel::Range& range) const override {
    return parts_.model.Scan(range);
  }
  [[nodiscard]] absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return parts_.model.ReadProgress(shard);
  }

 private:
  // How a shard stands when a write begins.
  struct Standing {
    bool behind = false;  // And stays so: the target has all of it.
    bool level = false;   // The target holds what the model does.
  };
  absl::StatusOr<std::vector<Standing>> StandingBefore(const readmodel::Write& write) const;
  void Drop(const readmodel::Write& write, const std::vector<Standing>& shards);
  absl::Status FindUnchanged(const std::vector<Standing>& shards);
  absl::Status CopyOwed(const std::vector<Standing>& shards);

  const Parts parts_;
  std::set<StreamId> owed_;  // Cases to copy in full: the target may have older rows.
};

}  // namespace apdr::sink
