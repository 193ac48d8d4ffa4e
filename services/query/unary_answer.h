#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <concepts>
#include <utility>
#include <variant>

#include "services/host/caller.h"
#include "services/host/error_reply.h"
#include "services/query/reply.h"

namespace apdr::query {

// Finishes the call with the reader's answer.
template <class Response>
void Finish(grpc::ServerUnaryReactor& reactor, Response& response, Reply<Response> reply) {
  if (auto* error = std::get_if<host::ErrorReply>(&reply)) {
    reactor.Finish(host::ToGrpcStatus(*error));
    return;
  }
  response = std::get<Response>(std::move(reply));
  reactor.Finish(grpc::Status::OK);
}

// Answers a call at once: `read` is given the caller that the metadata names.
template <class Response, std::invocable<const host::Caller&> Read>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context, Response& response,
                                 const Read& read) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  const auto caller = host::ReadCaller(context.client_metadata());
  if (const auto* error = std::get_if<host::ErrorReply>(&caller)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  Finish(*reactor, response, read(std::get<host::Caller>(caller)));
  return reactor;
}

}  // namespace apdr::query
