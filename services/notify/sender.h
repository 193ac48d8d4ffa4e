#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "services/notify/channel.h"
#include "services/notify/outbox.h"
#include "services/notify/retry_plan.h"
#include "services/notify/routes.h"

namespace apdr::notify {

// Told when a delivery ended without being delivered. Ids and codes, no personal data.
using FailureLog = std::function<void(const query::v1::Delivery& delivery)>;

// Sends what is due. A try is written down before it begins and again when it ended, so that after
// a crash it is known which may have arrived. What one recipient's side does not take holds up no
// other: its lane pauses. One thread at a time.
class Sender {
 public:
  // All borrowed but the function. A channel is null where the routes have no use for it.
  struct Parts {
    Outbox& outbox;
    const Routes& routes;
    const Clock& clock;
    Channel* webhooks = nullptr;
    Channel* govuk = nullptr;
    Channel* mail = nullptr;
    FailureLog on_failure;
  };

  explicit Sender(Parts parts);

  // Whether something was sent or put off. Ends after some seconds.
  [[nodiscard]] absl::StatusOr<bool> Step();

  // Makes a delivery one that is due now: one that ended begins anew, and its endpoint is no longer
  // gone. kNotFound: there is none.
  [[nodiscard]] absl::StatusOr<query::v1::Delivery> Redeliver(const TenantId& tenant,
                                                              std::string_view delivery_id);

 private:
  // What shares one limit and one fate: a webhook, the mail server, GOV.UK Notify.
  struct Lane {
    RateLimit limit;
    absl::Time paused_until = absl::InfinitePast();
    unsigned failures = 0;  // In a row.
  };

  absl::Status SendOne(const query::v1::Delivery& before);
  absl::StatusOr<bool> IsGone(const Recipient& recipient);
  absl::Status End(const query::v1::Delivery& before, query::v1::DeliveryState state,
                   std::string_view why);
  absl::Status PutOff(const query::v1::Delivery& before, absl::Time until);
  absl::Status Take(const query::v1::Delivery& started, const Recipient& recipient,
                    const SendResult& result);
  void Settle(query::v1::Delivery& delivery, const SendResult& result, absl::Time now) const;
  static void Pause(Lane& lane, const SendResult& result, absl::Time now);
  [[nodiscard]] Channel* ChannelOf(const Recipient& recipient) const;
  Lane& LaneOf(const Recipient& recipient);

  const Parts parts_;
  std::map<std::string, Lane> lanes_;
};

}  // namespace apdr::notify
