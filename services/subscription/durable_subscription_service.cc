#include "services/subscription/durable_subscription_service.h"

#include <utility>
#include <variant>

#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"
#include "services/host/caller.h"
#include "services/query/unary_answer.h"
#include "services/subscription/internal/consume_call.h"

namespace apdr::subscription {
namespace {

using Service = v1::DurableSubscriptionService;

// The service with bytes for messages.
using RawLists =
    Service::WithRawCallbackMethod_GetSubscription<Service::WithRawCallbackMethod_ListSubscriptions<
        Service::WithRawCallbackMethod_ListParkedEvents<Service::Service>>>;
using RawChanges = Service::WithRawCallbackMethod_CreateSubscription<
    Service::WithRawCallbackMethod_DeleteSubscription<
        Service::WithRawCallbackMethod_RetryParkedEvents<
            Service::WithRawCallbackMethod_SkipParkedEvents<RawLists>>>>;
using RawService = Service::WithRawCallbackMethod_Consume<RawChanges>;

template <class Request, class Response>
using Operation = query::Reply<Response> (Operations::*)(const host::Caller&, const Request&);

host::ErrorReply TooManyCalls() {
  return host::MakeError(
      error::v1::ERROR_CODE_OVERLOADED,
      "Expected to ask about a subscription, but too many calls about subscriptions are waiting.");
}

class DurableSubscriptionService final : public RawService {
 public:
  explicit DurableSubscriptionService(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  grpc::ServerUnaryReactor* CreateSubscription(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::Create);
  }
  grpc::ServerUnaryReactor* GetSubscription(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::Get);
  }
  grpc::ServerUnaryReactor* ListSubscriptions(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::List);
  }
  grpc::ServerUnaryReactor* DeleteSubscription(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::Delete);
  }
  grpc::ServerUnaryReactor* ListParkedEvents(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::ListParked);
  }
  grpc::ServerUnaryReactor* RetryParkedEvents(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::Retry);
  }
  grpc::ServerUnaryReactor* SkipParkedEvents(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override {
    return Answer(*context, *request, *response, &Operations::Skip);
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Consume(
      grpc::CallbackServerContext* context) override {
    return StartConsumeCall(dispatcher_, host::ReadCaller(context->client_metadata()));
  }

 private:
  // The dispatcher runs the operation, and answers once what it changed is stored.
  template <class Request, class Response>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context,
                                   const grpc::ByteBuffer& bytes, grpc::ByteBuffer& response,
                                   Operation<Request, Response> operation) {
    grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
    auto read = query::ReadCall<Request>(context, bytes);
    if (const auto* error = std::get_if<host::ErrorReply>(&read)) {
      reactor->Finish(host::ToGrpcStatus(*error));
      return reactor;
    }
    const bool posted = dispatcher_.Post(
        [call = std::get<query::Call<Request>>(std::move(read)), operation, reactor,
         out = &response](Operations& operations) -> Dispatcher::Completion {
          return [reply = (operations.*operation)(call.caller, call.request), reactor,
                  out](const absl::Status& stored) {
            if (!stored.ok()) return reactor->Finish(host::ToGrpcStatus(host::FromStatus(stored)));
            query::Finish(*reactor, *out, reply);
          };
        });
    if (!posted) reactor->Finish(host::ToGrpcStatus(TooManyCalls()));
    return reactor;
  }

  Dispatcher& dispatcher_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDurableSubscriptionService(Dispatcher& dispatcher) {
  return std::make_unique<DurableSubscriptionService>(dispatcher);
}

}  // namespace apdr::subscription
