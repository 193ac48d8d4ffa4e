#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "apdr/query/v1/notify_service.pb.h"
#include "services/notify/routes.h"

namespace apdr::notify {

// One message on its way. Borrowed for the call.
struct Message {
  const query::v1::Delivery& delivery;
  const Recipient& recipient;
  std::string subject;
  std::string text;
  absl::Time now;
  // An earlier try may have been taken: ask before sending again, if that can be asked.
  bool may_have_arrived = false;
};

struct SendResult {
  query::v1::AttemptOutcome outcome = query::v1::ATTEMPT_OUTCOME_UNSPECIFIED;
  std::string detail = {};                            // "HTTP 503"; no personal data.
  absl::Duration retry_after = absl::ZeroDuration();  // 0: the other side does not say.
  std::string provider_id = {};
};

// A way to a recipient. One thread at a time.
class Channel {
 public:
  virtual ~Channel() = default;
  // Waits for the other side, some seconds at most.
  [[nodiscard]] virtual SendResult Send(const Message& message) = 0;
};

}  // namespace apdr::notify
