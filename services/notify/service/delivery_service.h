#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "apdr/query/v1/notify_service.grpc.pb.h"
#include "engine/base/wakeup.h"
#include "services/notify/notifier.h"
#include "services/notify/service/delivery_reader.h"

namespace apdr::notify {

// The service with bytes for messages.
using RawDeliveryService = query::v1::DeliveryService::WithRawCallbackMethod_ListDeliveries<
    query::v1::DeliveryService::WithRawCallbackMethod_Redeliver<
        query::v1::DeliveryService::Service>>;

// gRPC for the delivery log. A redelivery is answered once the notifier has written it down.
class DeliveryService final : public RawDeliveryService {
 public:
  // All borrowed. The wakeup is the notifier's.
  DeliveryService(const DeliveryReader& reader, Notifier& notifier, Wakeup& wakeup);

  grpc::ServerUnaryReactor* ListDeliveries(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Redeliver(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  const DeliveryReader& reader_;
  Notifier& notifier_;
  Wakeup& wakeup_;
};

}  // namespace apdr::notify
