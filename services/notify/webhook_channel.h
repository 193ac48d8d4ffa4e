#pragma once

#include <string>

#include "services/notify/channel.h"
#include "services/notify/http.h"

namespace apdr::notify {

// Webhooks by the Standard Webhooks specification. webhook-id is the delivery's id, the same on
// every try. 2xx: taken. 410: gone. 429, 502, 503 and 504: later. Everything else is tried again.
class WebhookChannel final : public Channel {
 public:
  explicit WebhookChannel(Http& http);  // Borrowed.

  [[nodiscard]] SendResult Send(const Message& message) override;

 private:
  Http& http_;
};

// What is sent: the notice, thin, as JSON.
[[nodiscard]] std::string WebhookBody(const query::v1::Delivery& delivery);

// How an error of Http stands in the delivery log.
[[nodiscard]] SendResult FromHttpError(const absl::Status& error);

}  // namespace apdr::notify
