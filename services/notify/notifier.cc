#include "services/notify/notifier.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/status_macros.h"
#include "services/projection/rows/row_keys.h"

namespace apdr::notify {
namespace {

// What follows the layout of the projector's rows.
std::string_view MeaningOf(std::string_view layout) {
  const std::size_t slash = layout.find('/');
  return slash == std::string_view::npos ? layout : layout.substr(slash);
}

}  // namespace

absl::Status KeepOutbox(readmodel::ReadModel& model, std::uint32_t shard_count) {
  APDR_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                        model.Get(projection::LayoutKey()));
  const std::string wanted = projection::LayoutOf(kOutboxLayout, shard_count);
  if (!stored || *stored == wanted || MeaningOf(*stored) != MeaningOf(wanted)) {
    return absl::OkStatus();
  }
  readmodel::Write write;
  write.puts.push_back({.key = projection::LayoutKey(), .value = wanted});
  return model.Apply(write);
}

Notifier::Notifier(Parts parts)
    : outbox_(parts.model),
      deliveries_({.model = parts.model,
                   .routes = parts.routes,
                   .recorded_clock = parts.recorded_clock,
                   .clock = parts.clock,
                   .find_place = std::move(parts.find_place)}),
      board_(parts.shard_count),
      projector_({.consumer = parts.consumer,
                  .model = parts.model,
                  .projections = {&deliveries_},
                  .layout = std::string(kOutboxLayout),
                  .board = board_,
                  .gaps = parts.gaps},
                 {.poll_wait = parts.poll_wait}),
      sender_({.outbox = outbox_,
               .routes = parts.routes,
               .clock = parts.clock,
               .webhooks = parts.webhooks,
               .govuk = parts.govuk,
               .mail = parts.mail,
               .on_failure = std::move(parts.on_failure)}) {}

Notifier::~Notifier() {
  for (Wish& wish : TakeWishes()) wish.done(absl::UnavailableError("the notifier ends"));
}

absl::StatusOr<StepResult> Notifier::Step() {
  APDR_RETURN_IF_ERROR(Grant());
  const absl::StatusOr<StepResult> folded = projector_.Step();
  if (!folded.ok() && !absl::IsUnavailable(folded.status())) return folded.status();
  APDR_ASSIGN_OR_RETURN(const bool sent, sender_.Step());
  if (sent) return StepResult::kProgressed;
  return folded;
}

void Notifier::Redeliver(TenantId tenant, std::string delivery_id, Done done) {
  const absl::MutexLock lock(&mutex_);
  wishes_.push_back({.tenant = std::move(tenant),
                     .delivery_id = std::move(delivery_id),
                     .done = std::move(done)});
}

std::vector<Notifier::Wish> Notifier::TakeWishes() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(wishes_, {});
}

absl::Status Notifier::Grant() {
  absl::Status granted;
  for (Wish& wish : TakeWishes()) {
    if (!granted.ok()) {  // Nothing more is written, but everybody is answered.
      wish.done(granted);
      continue;
    }
    auto delivery = sender_.Redeliver(wish.tenant, wish.delivery_id);
    if (!absl::IsNotFound(delivery.status())) granted = delivery.status();
    wish.done(std::move(delivery));
  }
  return granted;
}

}  // namespace apdr::notify
