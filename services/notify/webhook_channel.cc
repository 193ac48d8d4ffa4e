#include "services/notify/webhook_channel.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "engine/base/date.h"
#include "services/notify/text_template.h"
#include "services/notify/times.h"
#include "services/notify/webhook_signature.h"

namespace apdr::notify {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;

query::v1::AttemptOutcome OutcomeOf(int status) {
  if (status >= 200 && status < 300) return query::v1::ATTEMPT_OUTCOME_DELIVERED;
  if (status == kGone) return query::v1::ATTEMPT_OUTCOME_GONE;
  if (status == kTooManyRequests || (status >= 502 && status <= 504)) {
    return query::v1::ATTEMPT_OUTCOME_SLOWED;
  }
  return query::v1::ATTEMPT_OUTCOME_FAILED;
}

}  // namespace

SendResult FromHttpError(const absl::Status& error) {
  const bool unknown = absl::IsDeadlineExceeded(error);
  return {
      .outcome = unknown ? query::v1::ATTEMPT_OUTCOME_UNKNOWN : query::v1::ATTEMPT_OUTCOME_FAILED,
      .detail = std::string(error.message())};
}

std::string WebhookBody(const query::v1::Delivery& delivery) {
  const std::string recorded = FormatInstant(ToTime(delivery.recorded_time()));
  Json data{{"notice_id", delivery.notice_id()},   {"tenant_id", delivery.tenant_id()},
            {"case_id", delivery.case_id()},       {"setting_id", delivery.setting_id()},
            {"event_type", delivery.event_type()}, {"occurred_on", delivery.occurred_on()},
            {"recorded_time", recorded},           {"shard", delivery.shard()},
            {"position", delivery.position()}};
  if (!delivery.due_on().empty()) data["due_on"] = delivery.due_on();
  if (delivery.level() > 0) data["level"] = delivery.level();
  const Json body{{"type", WebhookType(delivery.event_type())},
                  {"timestamp", recorded},
                  {"data", std::move(data)}};
  return body.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

WebhookChannel::WebhookChannel(Http& http) : http_(http) {}

SendResult WebhookChannel::Send(const Message& message) {
  const std::string& id = message.delivery.delivery_id();
  const std::int64_t timestamp = absl::ToUnixSeconds(message.now);
  HttpRequest request{.url = message.recipient.address.Expose(),
                      .body = WebhookBody(message.delivery)};
  const auto signature = WebhookSignature(message.recipient.secrets,
                                          {.id = id, .timestamp = timestamp, .body = request.body});
  if (!signature.ok()) {
    return {.outcome = query::v1::ATTEMPT_OUTCOME_REFUSED, .detail = "no usable secret"};
  }
  request.headers = {"Content-Type: application/json", absl::StrCat("webhook-id: ", id),
                     absl::StrCat("webhook-timestamp: ", timestamp),
                     absl::StrCat("webhook-signature: ", *signature)};
  const auto response = http_.Send(request);
  if (!response.ok()) return FromHttpError(response.status());
  return {.outcome = OutcomeOf(response->status),
          .detail = absl::StrCat("HTTP ", response->status),
          .retry_after = response->retry_after};
}

}  // namespace apdr::notify
