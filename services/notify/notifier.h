#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/clock.h"
#include "engine/base/worker.h"
#include "engine/codec/place_change.h"
#include "services/bus/bus.h"
#include "services/bus/record/record_source.h"
#include "services/notify/delivery_projection.h"
#include "services/notify/outbox.h"
#include "services/notify/sender.h"
#include "services/projection/projector.h"
#include "services/projection/rows/progress_board.h"
#include "services/readmodel/read_model.h"

namespace apdr::notify {

// Turns events into messages to those whom the routes name. Deliveries and the position on the bus
// are written in one piece, so each event makes each delivery once; each is sent until the other
// side has answered. At least once, that is; the same id on every try tells a second one, and where
// a channel can be asked what it has, it is asked.
class Notifier final : public Worker {
 public:
  // All borrowed but the functions. `gaps` may be null.
  struct Parts {
    bus::Consumer& consumer;
    bus::RecordSource* gaps;
    readmodel::ReadModel& model;
    const Routes& routes;
    const Clock& recorded_clock;  // In whose time events are recorded.
    const Clock& clock;           // The machine's.
    codec::PlaceFinder find_place;
    std::uint32_t shard_count = 1;
    absl::Duration poll_wait = absl::ZeroDuration();
    Channel* webhooks = nullptr;
    Channel* govuk = nullptr;
    Channel* mail = nullptr;
    FailureLog on_failure;
  };

  explicit Notifier(Parts parts);
  ~Notifier() override;

  // kUnavailable: the bus cannot be reached now; what is due was sent. Other errors as the
  // projector's.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

  // Thread-safe. The worker makes the delivery one that is due now and calls `done` with it, in
  // its thread. kNotFound: there is none. kUnavailable: the notifier ends.
  using Done = absl::AnyInvocable<void(absl::StatusOr<query::v1::Delivery>)>;
  void Redeliver(TenantId tenant, std::string delivery_id, Done done);

  // Thread-safe.
  [[nodiscard]] projection::ProjectorStatus status() const { return projector_.status(); }

 private:
  struct Wish {
    TenantId tenant;
    std::string delivery_id;
    Done done;
  };

  std::vector<Wish> TakeWishes();
  absl::Status Grant();

  Outbox outbox_;
  DeliveryProjection deliveries_;
  projection::ProgressBoard board_;
  projection::Projector projector_;
  Sender sender_;
  absl::Mutex mutex_;
  std::vector<Wish> wishes_ ABSL_GUARDED_BY(mutex_);
};

// The meaning of the outbox's rows. Stored for ever.
inline constexpr std::string_view kOutboxLayout = "notify-1";

// Keeps an outbox when the projector's own rows get another layout: it uses but a few of them here,
// and what was delivered stands nowhere else. An outbox of another meaning or another shard count
// stays as it is, and is refused by the projector.
[[nodiscard]] absl::Status KeepOutbox(readmodel::ReadModel& model, std::uint32_t shard_count);

}  // namespace apdr::notify
