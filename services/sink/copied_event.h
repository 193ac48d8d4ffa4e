#pragma once

#include <map>
#include <string_view>

#include "apdr/event/v1/event.pb.h"
#include "apdr/sen/state/v1/copy_state.pb.h"
#include "engine/core/workflow.h"
#include "services/projection/projection.h"
#include "services/readmodel/read_model.h"
#include "services/sink/changes.h"

namespace apdr::sink {

// Who did what kind of thing when. Ids of the family are left out, of a role that is not known to
// be staff's too.
[[nodiscard]] sen::state::v1::CopiedEvent CopyEvent(const event::v1::Event& event);

// Whether a timer, or a deadline's key that begins with it, counts from the date of birth: its
// dates would give that away, so neither they nor what it reports are copied.
[[nodiscard]] bool CountsFromBirth(std::string_view timer_or_key);

// Collects the events of a batch, and the cases that are erased in it; writes no rows. As far as
// the chronology, whatever cannot be folded.
class EventCopying final : public projection::Projection {
 public:
  // All borrowed. REQUIRES: the chronology is folded into the same model.
  struct Parts {
    const core::Workflow& workflow;
    const readmodel::ReadModel& model;
    Changes& changes;
  };

  explicit EventCopying(const Parts& parts) : parts_(parts) {}

  [[nodiscard]] std::string_view name() const override { return "copied_event"; }
  [[nodiscard]] absl::Status Fold(const projection::FoldInput& input,
                                  projection::RowWriter& rows) override;
  [[nodiscard]] absl::Status SetAside(const StreamId&, projection::RowWriter&) override {
    return absl::OkStatus();
  }
  [[nodiscard]] absl::Status Finish(projection::RowWriter&) override { return absl::OkStatus(); }
  void Forget() override;

  // The last event of the shard in this batch; position 0: there is none.
  [[nodiscard]] Reached LastOf(Shard shard) const;

 private:
  const Parts parts_;
  std::map<Shard, Reached> last_;
};

}  // namespace apdr::sink
