#include "services/command/command_service.h"

#include <grpcpp/support/server_callback.h>

#include <string>
#include <utility>

#include "apdr/command/v1/command_service.grpc.pb.h"
#include "engine/codec/message_in_block.h"
#include "services/command/internal/execute_stream.h"
#include "services/command/reply.h"
#include "services/host/wire.h"

namespace apdr::command {
namespace {

using Reactor = grpc::ServerUnaryReactor;
using Base = v1::CommandService::WithRawCallbackMethod_Execute<
    v1::CommandService::WithRawCallbackMethod_ExecuteStream<
        v1::CommandService::WithRawCallbackMethod_Preview<v1::CommandService::Service>>>;

host::ErrorReply ErrorOf(const Outcome& outcome) {
  if (const auto* rejection = std::get_if<core::Rejection>(&outcome)) return ToError(*rejection);
  return host::FromStatus(std::get<absl::Status>(outcome));
}

grpc::ByteBuffer PreviewAnswer(const Accepted& accepted) {
  return host::SerializeMessage(ToPreviewResponse(accepted));
}

Reactor* Refuse(Reactor* reactor, const host::ErrorReply& error) {
  reactor->Finish(host::ToGrpcStatus(error));
  return reactor;
}

class CommandServiceImpl final : public Base {
 public:
  CommandServiceImpl(CommandHandler& handler, const RequestParser& parser)
      : handler_(handler), parser_(parser) {}

  Reactor* Execute(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                   grpc::ByteBuffer* reply) override {
    codec::MessageInBlock<v1::ExecuteRequest> message;
    if (auto error = host::ParseMessage(*bytes, *message))
      return Refuse(context->DefaultReactor(), *error);
    return Run<ExecuteAnswer>(context, reply, [&](const host::Caller& caller) {
      return parser_.Parse(*message, caller);
    });
  }

  Reactor* Preview(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                   grpc::ByteBuffer* reply) override {
    v1::PreviewRequest message;
    if (auto error = host::ParseMessage(*bytes, message))
      return Refuse(context->DefaultReactor(), *error);
    return Run<PreviewAnswer>(context, reply, [&](const host::Caller& caller) {
      return parser_.ParsePreview(message, caller);
    });
  }

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ExecuteStream(
      grpc::CallbackServerContext* context) override {
    return StartExecuteStream(handler_, parser_, host::ReadCaller(context->client_metadata()));
  }

 private:
  // With the answer's maker known when it is compiled, the callback has room for what it captures.
  template <grpc::ByteBuffer (*kAnswer)(const Accepted&), class Parse>
  Reactor* Run(grpc::CallbackServerContext* context, grpc::ByteBuffer* reply, const Parse& parse) {
    Reactor* reactor = context->DefaultReactor();
    auto caller = host::ReadCaller(context->client_metadata());
    if (const auto* error = std::get_if<host::ErrorReply>(&caller)) return Refuse(reactor, *error);
    auto parsed = parse(std::get<host::Caller>(caller));
    if (const auto* error = std::get_if<host::ErrorReply>(&parsed)) return Refuse(reactor, *error);
    Request request = std::get<Request>(std::move(parsed));
    // The context lives until Finish.
    request.abandoned = [context] { return context->IsCancelled(); };
    const auto done = [reactor, reply](Outcome outcome) {
      auto* accepted = std::get_if<Accepted>(&outcome);
      if (accepted == nullptr) return reactor->Finish(host::ToGrpcStatus(ErrorOf(outcome)));
      *reply = kAnswer(*accepted);
      reactor->Finish(grpc::Status::OK);
    };
    static_assert(sizeof(done) <= 2 * sizeof(void*));  // More, and Callback allocates.
    handler_.Submit(std::move(request), done);
    return reactor;
  }

  CommandHandler& handler_;
  const RequestParser& parser_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCommandService(CommandHandler& handler,
                                                  const RequestParser& parser) {
  return std::make_unique<CommandServiceImpl>(handler, parser);
}

}  // namespace apdr::command
