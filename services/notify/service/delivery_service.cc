#include "services/notify/service/delivery_service.h"

#include <optional>
#include <utility>
#include <variant>

#include "services/query/access.h"
#include "services/query/unary_answer.h"

namespace apdr::notify {
namespace {

using query::v1::RedeliverRequest;
using query::v1::RedeliverResponse;

std::optional<host::ErrorReply> CheckRedeliver(const query::Call<RedeliverRequest>& call) {
  if (auto error = query::CheckMayList(call.caller, "send a message again")) return error;
  if (!call.request.delivery_id().empty()) return std::nullopt;
  return host::MakeError(error::v1::ERROR_CODE_FIELD_REQUIRED,
                         "Expected to send a message again, but delivery_id is not given.",
                         {{"field", "delivery_id"}});
}

query::Reply<RedeliverResponse> ReplyOf(absl::StatusOr<query::v1::Delivery> delivery) {
  if (absl::IsNotFound(delivery.status())) {
    return query::InvalidField("delivery_id", "names no delivery of this tenant");
  }
  if (!delivery.ok()) return host::FromStatus(delivery.status());
  RedeliverResponse response;
  *response.mutable_delivery() = *std::move(delivery);
  return response;
}

}  // namespace

DeliveryService::DeliveryService(const DeliveryReader& reader, Notifier& notifier, Wakeup& wakeup)
    : reader_(reader), notifier_(notifier), wakeup_(wakeup) {}

grpc::ServerUnaryReactor* DeliveryService::ListDeliveries(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return query::Answer<query::v1::ListDeliveriesRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const query::v1::ListDeliveriesRequest& asked) {
        return reader_.ListDeliveries(caller, asked);
      });
}

grpc::ServerUnaryReactor* DeliveryService::Redeliver(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  auto read = query::ReadCall<RedeliverRequest>(*context, *request);
  if (const auto* error = std::get_if<host::ErrorReply>(&read)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  auto& call = std::get<query::Call<RedeliverRequest>>(read);
  if (const auto error = CheckRedeliver(call)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  notifier_.Redeliver(call.caller.tenant, call.request.delivery_id(),
                      [reactor, response](absl::StatusOr<query::v1::Delivery> delivery) {
                        query::Finish(*reactor, *response, ReplyOf(std::move(delivery)));
                      });
  wakeup_.Notify();
  return reactor;
}

}  // namespace apdr::notify
