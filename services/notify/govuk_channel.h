#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/notify/channel.h"
#include "services/notify/http.h"

namespace apdr::notify {

// GOV.UK Notify's HTTP API: e-mails and texts by the templates of the service, which are given
// subject, text, event, case_id and due_on. The reference is the delivery's id; before what may
// have arrived is sent again, GOV.UK Notify is asked for it. 201: taken. 400 and 403, unless it is
// about the clock: refused. 429: later. Everything else is tried again.
class GovukChannel final : public Channel {
 public:
  // Borrows the client.
  GovukChannel(Http& http, GovukNotify options);

  [[nodiscard]] SendResult Send(const Message& message) override;

 private:
  [[nodiscard]] HttpRequest MakeRequest(std::string path, absl::Time now) const;
  // The id of the message with this reference; empty: there is none.
  [[nodiscard]] absl::StatusOr<std::string> FindByReference(const Message& message);
  [[nodiscard]] std::string BodyOf(const Message& message) const;

  Http& http_;
  const GovukNotify options_;
};

// The bearer token for an API key "<name>-<service id>-<secret>": a JSON web token (HS256) that the
// service issued at `now`. kInvalidArgument: this is no such key.
[[nodiscard]] absl::StatusOr<std::string> GovukToken(const Sensitive<std::string>& api_key,
                                                     absl::Time now);

}  // namespace apdr::notify
