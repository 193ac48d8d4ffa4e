#pragma once

#include <map>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/codec/place_change.h"
#include "services/notify/outbox.h"
#include "services/notify/routes.h"
#include "services/projection/projection.h"

namespace apdr::notify {

// Folds events into deliveries: who is told of each, once. Of an event only the thin notice goes on
// (bus::MakeNoticeRecord), with the level and the roles that a reminder names: nothing else of it
// can reach a message. What was recorded long ago tells nobody, but where a case is counts from the
// beginning.
class DeliveryProjection final : public projection::Projection {
 public:
  // All borrowed but the function.
  struct Parts {
    const readmodel::ReadModel& model;
    const Routes& routes;
    const Clock& recorded_clock;  // In whose time events are recorded.
    const Clock& clock;           // In whose time messages are sent.
    codec::PlaceFinder find_place;
  };

  explicit DeliveryProjection(Parts parts);

  [[nodiscard]] std::string_view name() const override { return "delivery"; }
  [[nodiscard]] absl::Status Fold(const projection::FoldInput& input,
                                  projection::RowWriter& rows) override;
  // Never happens: whatever cannot be read tells nobody.
  [[nodiscard]] absl::Status SetAside(const StreamId&, projection::RowWriter&) override {
    return absl::OkStatus();
  }
  [[nodiscard]] absl::Status Finish(projection::RowWriter& rows) override;
  void Forget() override { places_.clear(); }

 private:
  absl::StatusOr<CasePlace> PlaceOf(const StreamId& stream) const;
  absl::Status FollowCase(const projection::FoldInput& input, projection::RowWriter& rows);
  absl::Status Put(const query::v1::Delivery& thin, const Told& told, projection::RowWriter& rows);

  const Parts parts_;
  std::map<StreamId, CasePlace> places_;  // Changed in this batch.
};

}  // namespace apdr::notify
