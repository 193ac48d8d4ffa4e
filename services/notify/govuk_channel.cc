#include "services/notify/govuk_channel.h"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/id_source.h"
#include "engine/base/status_macros.h"
#include "services/notify/digest.h"
#include "services/notify/text_template.h"
#include "services/notify/webhook_channel.h"

namespace apdr::notify {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kUuidChars = 36;
constexpr std::size_t kKeyChars = 2 * kUuidChars + 1;
constexpr int kCreated = 201;
constexpr int kBadRequest = 400;
constexpr int kTooManyRequests = 429;
constexpr int kServerError = 500;

Json Parse(const std::string& body) {
  return Json::parse(body, /*cb=*/nullptr, /*allow_exceptions=*/false);
}

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// "HTTP 400 ValidationError": the kind alone, for what they write may repeat an address.
std::string DetailOf(const HttpResponse& response) {
  std::string detail = absl::StrCat("HTTP ", response.status);
  const Json body = Parse(response.body);
  if (!body.is_object() || !body.contains("errors") || !body["errors"].is_array()) return detail;
  for (const Json& error : body["errors"]) absl::StrAppend(&detail, " ", TextAt(error, "error"));
  return detail;
}

}  // namespace

absl::StatusOr<std::string> GovukToken(const Sensitive<std::string>& api_key, absl::Time now) {
  const std::string_view key = api_key.Expose();
  if (key.size() < kKeyChars) return absl::InvalidArgumentError("this is no key of GOV.UK Notify");
  const std::string_view tail = key.substr(key.size() - kKeyChars);
  const std::string service(tail.substr(0, kUuidChars));
  const std::string_view secret = tail.substr(kUuidChars + 1);
  if (!IsUuid(service) || !IsUuid(secret)) {
    return absl::InvalidArgumentError("this is no key of GOV.UK Notify");
  }
  const std::string text =
      absl::StrCat(Base64Url(Json{{"typ", "JWT"}, {"alg", "HS256"}}.dump()), ".",
                   Base64Url(Json{{"iss", service}, {"iat", absl::ToUnixSeconds(now)}}.dump()));
  return absl::StrCat(text, ".", Base64Url(HmacSha256(secret, text)));
}

GovukChannel::GovukChannel(Http& http, GovukNotify options)
    : http_(http), options_(std::move(options)) {}

HttpRequest GovukChannel::MakeRequest(std::string path, absl::Time now) const {
  HttpRequest request{.url = options_.url + std::move(path)};
  request.public_only = false;  // Named by the operator.
  request.headers = {"Content-Type: application/json",
                     "Authorization: Bearer " + GovukToken(options_.api_key, now).value_or("")};
  return request;
}

std::string GovukChannel::BodyOf(const Message& message) const {
  const query::v1::Delivery& delivery = message.delivery;
  const bool email = message.recipient.way == Way::kGovukEmail;
  const std::string& id = delivery.case_id();
  const Json body{{email ? "email_address" : "phone_number", message.recipient.address.Expose()},
                  {"template_id", email ? options_.email_template_id : options_.sms_template_id},
                  {"personalisation",
                   {{"subject", message.subject},
                    {"text", message.text},
                    {"event", EventInWords(delivery.event_type())},
                    {"case_id", id},
                    {"due_on", delivery.due_on()}}},
                  {"reference", delivery.delivery_id()}};
  return body.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

absl::StatusOr<std::string> GovukChannel::FindByReference(const Message& message) {
  HttpRequest request =
      MakeRequest("/v2/notifications?reference=" + message.delivery.delivery_id(), message.now);
  request.method = "GET";
  APDR_ASSIGN_OR_RETURN(const HttpResponse response, http_.Send(request));
  const Json body = Parse(response.body);
  if (response.status != 200 || !body.is_object() || !body.contains("notifications") ||
      !body["notifications"].is_array()) {
    return absl::UnavailableError(DetailOf(response));
  }
  const Json& found = body["notifications"];
  return found.empty() ? std::string() : TextAt(found[0], "id");
}

SendResult GovukChannel::Send(const Message& message) {
  if (message.may_have_arrived) {
    const auto found = FindByReference(message);
    // Nothing is sent before it is known, and what may have arrived still may have.
    if (!found.ok()) {
      return {
          .outcome = query::v1::ATTEMPT_OUTCOME_FAILED,
          .detail = absl::StrCat("asked by reference: ", std::string(found.status().message()))};
    }
    if (!found->empty()) {
      return {.outcome = query::v1::ATTEMPT_OUTCOME_DELIVERED,
              .detail = "an earlier try had arrived",
              .provider_id = *found};
    }
  }
  const bool email = message.recipient.way == Way::kGovukEmail;
  HttpRequest request =
      MakeRequest(email ? "/v2/notifications/email" : "/v2/notifications/sms", message.now);
  request.body = BodyOf(message);
  const auto response = http_.Send(request);
  if (!response.ok()) return FromHttpError(response.status());
  SendResult result{.outcome = query::v1::ATTEMPT_OUTCOME_FAILED,
                    .detail = DetailOf(*response),
                    .retry_after = response->retry_after};
  if (response->status == kCreated) {
    result.outcome = query::v1::ATTEMPT_OUTCOME_DELIVERED;
    result.provider_id = TextAt(Parse(response->body), "id");
  } else if (response->status == kTooManyRequests) {
    result.outcome = query::v1::ATTEMPT_OUTCOME_SLOWED;
  } else if (response->status == kBadRequest) {
    // Alone: 401 and 403 are about our key and our clock, the message is as good as before.
    result.outcome = query::v1::ATTEMPT_OUTCOME_REFUSED;
  } else if (response->status >= kServerError) {
    result.outcome = query::v1::ATTEMPT_OUTCOME_UNKNOWN;
  }
  return result;
}

}  // namespace apdr::notify
