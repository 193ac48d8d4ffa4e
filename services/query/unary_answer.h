#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <concepts>
#include <utility>
#include <variant>

#include "services/host/caller.h"
#include "services/host/error_reply.h"
#include "services/host/wire.h"
#include "services/query/reply.h"

namespace apdr::query {

// Who asks what.
template <class Request>
struct Call {
  host::Caller caller;
  Request request;
};

// We parse the bytes, not gRPC, so that malformed ones get an error of the catalogue.
template <class Request>
Reply<Call<Request>> ReadCall(const grpc::CallbackServerContext& context,
                              const grpc::ByteBuffer& bytes) {
  Call<Request> call;
  if (auto error = host::ParseMessage(bytes, call.request)) return *std::move(error);
  auto caller = host::ReadCaller(context.client_metadata());
  if (auto* error = std::get_if<host::ErrorReply>(&caller)) return std::move(*error);
  call.caller = std::get<host::Caller>(std::move(caller));
  return call;
}

// Finishes the call with the reader's answer.
template <class Response>
void Finish(grpc::ServerUnaryReactor& reactor, grpc::ByteBuffer& response,
            const Reply<Response>& reply) {
  if (const auto* error = std::get_if<host::ErrorReply>(&reply)) {
    reactor.Finish(host::ToGrpcStatus(*error));
    return;
  }
  response = host::SerializeMessage(std::get<Response>(reply));
  reactor.Finish(grpc::Status::OK);
}

// Answers a call at once: `read` is given the caller that the metadata names, and the request.
template <class Request, std::invocable<const host::Caller&, const Request&> Read>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context,
                                 const grpc::ByteBuffer& bytes, grpc::ByteBuffer& response,
                                 const Read& read) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  const auto call = ReadCall<Request>(context, bytes);
  if (const auto* error = std::get_if<host::ErrorReply>(&call)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  const auto& [caller, request] = std::get<Call<Request>>(call);
  Finish(*reactor, response, read(caller, request));
  return reactor;
}

}  // namespace apdr::query
