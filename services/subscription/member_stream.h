#pragma once

#include <vector>

#include "apdr/subscription/v1/durable_subscription_service.pb.h"
#include "services/host/caller.h"
#include "services/host/error_reply.h"

namespace apdr::subscription {

// One call of Consume, as the dispatcher sees it. Thread-safe.
class MemberStream {
 public:
  virtual ~MemberStream() = default;

  [[nodiscard]] virtual const host::Caller& caller() const = 0;
  // What has come in since the last call, in order; a bounded number.
  [[nodiscard]] virtual std::vector<v1::ConsumeRequest> Take() = 0;
  // Whether the other side is gone, or the call was closed: nothing comes or goes any more.
  [[nodiscard]] virtual bool Ended() const = 0;
  // Whether the last message is on its way, so that the next may be sent.
  [[nodiscard]] virtual bool CanSend() const = 0;
  // REQUIRES: CanSend().
  virtual void Send(const v1::ConsumeResponse& response) = 0;
  // Ends the call with an error, if it has not ended.
  virtual void Close(const host::ErrorReply& error) = 0;
};

}  // namespace apdr::subscription
