#include "services/notify/sender.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "services/notify/times.h"

namespace apdr::notify {
namespace {

using query::v1::Delivery;
using query::v1::DeliveryAttempt;

constexpr std::size_t kBatch = 16;
// A step that lasted as long takes no further delivery: a process can be stopped.
constexpr absl::Duration kStepMax = absl::Seconds(2);
constexpr int kAttemptsKept = 50;
constexpr std::uint32_t kWebhookPerMinute = 600;
constexpr absl::Duration kPauseMin = absl::Seconds(5);
constexpr absl::Duration kPauseMax = absl::Minutes(5);
constexpr absl::Duration kSlowedPause = absl::Seconds(30);
// Between tries that were slowed, after the plan's last.
constexpr absl::Duration kSlowedWait = absl::Hours(12);

bool MayHaveArrived(const Delivery& delivery) {
  bool may_have = false;
  for (const DeliveryAttempt& attempt : delivery.attempts()) {
    if (attempt.outcome() == query::v1::ATTEMPT_OUTCOME_UNKNOWN) may_have = true;
    // Whoever asks for it again after that wants a second one.
    if (attempt.outcome() == query::v1::ATTEMPT_OUTCOME_DELIVERED) may_have = false;
  }
  return may_have;
}

// A try that has no end was under way when the process ended.
void CloseOpenAttempts(Delivery& delivery) {
  for (DeliveryAttempt& attempt : *delivery.mutable_attempts()) {
    if (attempt.outcome() != query::v1::ATTEMPT_OUTCOME_UNSPECIFIED) continue;
    attempt.set_outcome(query::v1::ATTEMPT_OUTCOME_UNKNOWN);
    attempt.set_detail("the process ended");
  }
}

DeliveryAttempt& AddAttempt(Delivery& delivery, absl::Time now) {
  auto& attempts = *delivery.mutable_attempts();
  if (attempts.size() >= kAttemptsKept) attempts.erase(attempts.begin());
  DeliveryAttempt& attempt = *attempts.Add();
  *attempt.mutable_started_time() = ToTimestamp(now);
  return attempt;
}

bool IsSlowed(const SendResult& result) {
  return result.outcome == query::v1::ATTEMPT_OUTCOME_SLOWED;
}

// nullopt: it is given up.
std::optional<absl::Duration> NextWait(const Delivery& delivery, const SendResult& result,
                                       absl::Time now) {
  std::optional<absl::Duration> wait = WaitAfter(delivery.tries(), delivery.delivery_id());
  const absl::Duration age = now - ToTime(delivery.round_started_time());
  if (!wait && IsSlowed(result) && age < kGiveUpAfter) wait = kSlowedWait;
  if (!wait) return std::nullopt;
  return std::max(*wait, result.retry_after);
}

}  // namespace

Sender::Sender(Parts parts) : parts_(std::move(parts)) {}

absl::StatusOr<bool> Sender::Step() {
  const absl::Duration start = parts_.clock.Monotonic();
  APDR_ASSIGN_OR_RETURN(const std::vector<Delivery> due,
                        parts_.outbox.Due(parts_.clock.Now(), kBatch));
  for (const Delivery& delivery : due) {
    APDR_RETURN_IF_ERROR(SendOne(delivery));
    if (parts_.clock.Monotonic() - start > kStepMax) break;
  }
  return !due.empty();
}

Channel* Sender::ChannelOf(const Recipient& recipient) const {
  switch (recipient.way) {
    case Way::kEmail:
      return parts_.mail;
    case Way::kGovukEmail:
    case Way::kGovukSms:
      return parts_.govuk;
    case Way::kWebhook:
      return parts_.webhooks;
  }
  return nullptr;
}

Sender::Lane& Sender::LaneOf(const Recipient& recipient) {
  std::string name = "govuk";
  std::uint32_t per_minute = kWebhookPerMinute;
  if (recipient.way == Way::kWebhook) {
    name = absl::StrCat("webhook/", recipient.name);
    if (recipient.per_minute > 0) per_minute = recipient.per_minute;
  } else if (recipient.way == Way::kEmail) {
    name = "email";
    if (parts_.routes.smtp) per_minute = parts_.routes.smtp->per_minute;
  } else if (parts_.routes.govuk_notify) {
    per_minute = parts_.routes.govuk_notify->per_minute;
  }
  return lanes_.try_emplace(name, Lane{.limit = RateLimit(per_minute)}).first->second;
}

absl::StatusOr<bool> Sender::IsGone(const Recipient& recipient) {
  if (recipient.way != Way::kWebhook) return false;
  APDR_ASSIGN_OR_RETURN(const std::string gone, parts_.outbox.GoneEndpoint(recipient.name));
  return gone == FingerprintOf(recipient);
}

absl::Status Sender::SendOne(const Delivery& before) {
  const Recipient* const recipient = parts_.routes.Find(before.recipient());
  if (recipient == nullptr || recipient->tenant != before.tenant_id() ||
      NameOf(recipient->way) != before.channel()) {
    return End(before, query::v1::DELIVERY_STATE_FAILED, "the routes have no such recipient now");
  }
  const MessageRule* const rule =
      parts_.routes.FindMessage(ShortName(before.event_type()), before.level());
  Channel* const channel = ChannelOf(*recipient);
  if (rule == nullptr || channel == nullptr) {
    return End(before, query::v1::DELIVERY_STATE_FAILED, "the routes have no message for it now");
  }
  APDR_ASSIGN_OR_RETURN(const bool gone, IsGone(*recipient));
  if (gone) {
    return End(before, query::v1::DELIVERY_STATE_DISABLED, "the endpoint said it is gone");
  }
  const absl::Time now = parts_.clock.Now();
  Lane& lane = LaneOf(*recipient);
  if (lane.paused_until > now) return PutOff(before, lane.paused_until);
  if (!lane.limit.Take(now)) return PutOff(before, lane.limit.Next());

  Delivery started = before;
  CloseOpenAttempts(started);
  const bool may_have_arrived = MayHaveArrived(started);
  AddAttempt(started, now);
  APDR_RETURN_IF_ERROR(parts_.outbox.Change(before, started));
  const std::string link = parts_.routes.link.Render(started, "");
  const SendResult result = channel->Send({.delivery = started,
                                           .recipient = *recipient,
                                           .subject = rule->subject.Render(started, link),
                                           .text = rule->text.Render(started, link),
                                           .now = now,
                                           .may_have_arrived = may_have_arrived});
  Pause(lane, result, parts_.clock.Now());
  return Take(started, *recipient, result);
}

// Writes down what came of a try.
absl::Status Sender::Take(const Delivery& started, const Recipient& recipient,
                          const SendResult& result) {
  const absl::Time now = parts_.clock.Now();
  Delivery after = started;
  DeliveryAttempt& attempt = *after.mutable_attempts()->rbegin();
  *attempt.mutable_ended_time() = ToTimestamp(now);
  attempt.set_outcome(result.outcome);
  attempt.set_detail(result.detail);
  // One that ended with the process does not count.
  after.set_tries(after.tries() + 1);
  Settle(after, result, now);
  if (after.state() == query::v1::DELIVERY_STATE_DISABLED) {
    APDR_RETURN_IF_ERROR(parts_.outbox.SetGoneEndpoint(recipient.name, FingerprintOf(recipient)));
  }
  APDR_RETURN_IF_ERROR(parts_.outbox.Change(started, after));
  const bool failed = after.state() != query::v1::DELIVERY_STATE_PENDING &&
                      after.state() != query::v1::DELIVERY_STATE_DELIVERED;
  if (failed && parts_.on_failure) parts_.on_failure(after);
  return absl::OkStatus();
}

// State and time of the next try.
void Sender::Settle(Delivery& delivery, const SendResult& result, absl::Time now) const {
  switch (result.outcome) {
    case query::v1::ATTEMPT_OUTCOME_DELIVERED:
      delivery.set_state(query::v1::DELIVERY_STATE_DELIVERED);
      delivery.set_provider_id(result.provider_id);
      return;
    case query::v1::ATTEMPT_OUTCOME_REFUSED:
      delivery.set_state(query::v1::DELIVERY_STATE_FAILED);
      return;
    case query::v1::ATTEMPT_OUTCOME_GONE:
      delivery.set_state(query::v1::DELIVERY_STATE_DISABLED);
      return;
    default:
      break;
  }
  const std::optional<absl::Duration> wait = NextWait(delivery, result, now);
  if (!wait) {
    delivery.set_state(query::v1::DELIVERY_STATE_FAILED);
    return;
  }
  *delivery.mutable_next_attempt_time() = ToTimestamp(now + *wait);
}

void Sender::Pause(Lane& lane, const SendResult& result, absl::Time now) {
  if (IsSlowed(result)) {
    const bool says = result.retry_after > absl::ZeroDuration();
    lane.paused_until = now + (says ? result.retry_after : kSlowedPause);
    return;
  }
  if (result.outcome != query::v1::ATTEMPT_OUTCOME_FAILED &&
      result.outcome != query::v1::ATTEMPT_OUTCOME_UNKNOWN) {
    lane.failures = 0;
    return;
  }
  constexpr unsigned kDoublingsMax = 6;
  const unsigned doublings = std::min(lane.failures++, kDoublingsMax);
  lane.paused_until = now + std::min(kPauseMax, kPauseMin * (1U << doublings));
}

absl::Status Sender::End(const Delivery& before, query::v1::DeliveryState state,
                         std::string_view why) {
  Delivery after = before;
  CloseOpenAttempts(after);
  const absl::Time now = parts_.clock.Now();
  DeliveryAttempt& attempt = AddAttempt(after, now);
  *attempt.mutable_ended_time() = ToTimestamp(now);
  attempt.set_outcome(query::v1::ATTEMPT_OUTCOME_REFUSED);
  attempt.set_detail(std::string(why));
  after.set_state(state);
  APDR_RETURN_IF_ERROR(parts_.outbox.Change(before, after));
  if (parts_.on_failure) parts_.on_failure(after);
  return absl::OkStatus();
}

absl::Status Sender::PutOff(const Delivery& before, absl::Time until) {
  Delivery after = before;
  *after.mutable_next_attempt_time() = ToTimestamp(until);
  return parts_.outbox.Change(before, after);
}

absl::StatusOr<Delivery> Sender::Redeliver(const TenantId& tenant, std::string_view delivery_id) {
  APDR_ASSIGN_OR_RETURN(const std::optional<Delivery> found,
                        parts_.outbox.Find(tenant, delivery_id));
  if (!found) return absl::NotFoundError("there is no such delivery");
  Delivery after = *found;
  const auto now = ToTimestamp(parts_.clock.Now());
  *after.mutable_next_attempt_time() = now;
  if (found->state() != query::v1::DELIVERY_STATE_PENDING) {
    APDR_RETURN_IF_ERROR(parts_.outbox.SetGoneEndpoint(found->recipient(), ""));
    after.set_state(query::v1::DELIVERY_STATE_PENDING);
    after.set_tries(0);
    *after.mutable_round_started_time() = now;
  }
  APDR_RETURN_IF_ERROR(parts_.outbox.Change(*found, after));
  return after;
}

}  // namespace apdr::notify
