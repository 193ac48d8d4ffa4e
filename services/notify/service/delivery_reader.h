#pragma once

#include <string>
#include <vector>

#include "apdr/query/v1/notify_service.pb.h"
#include "services/host/caller.h"
#include "services/query/reply.h"
#include "services/readmodel/read_model.h"

namespace apdr::notify {

// Answers for the delivery log, of the caller's tenant alone. Parents, and those whom cases are
// about, may not ask: it says who else was told. Thread-safe.
class DeliveryReader {
 public:
  struct Parts {
    const readmodel::ReadModel& model;     // Borrowed.
    std::vector<std::string> event_types;  // Full names of all that can happen.
  };

  explicit DeliveryReader(Parts parts);

  [[nodiscard]] query::Reply<query::v1::ListDeliveriesResponse> ListDeliveries(
      const host::Caller& caller, const query::v1::ListDeliveriesRequest& request) const;

 private:
  const Parts parts_;
};

}  // namespace apdr::notify
