#pragma once

#include <concepts>
#include <cstdint>
#include <utility>
#include <variant>

#include "engine/base/id_source.h"
#include "engine/base/shard_of.h"
#include "services/query/position_wait.h"
#include "services/query/unary_answer.h"

namespace apdr::query {

// Answers a call about one case, once its shard is where the request's min_position wants it.
// Borrows the board until then.
template <class Request, std::invocable<const host::Caller&, const Request&> Read>
grpc::ServerUnaryReactor* AnswerWhenReached(projection::ProgressBoard& board,
                                            grpc::CallbackServerContext& context,
                                            const grpc::ByteBuffer& bytes,
                                            grpc::ByteBuffer& response, Read read) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  auto read_call = ReadCall<Request>(context, bytes);
  if (const auto* error = std::get_if<host::ErrorReply>(&read_call)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  Call<Request> call = std::get<Call<Request>>(std::move(read_call));
  const std::uint64_t position = call.request.min_position();
  const CaseId case_id(call.request.case_id());
  auto answer = [reactor, &response, read, call = std::move(call)] {
    Finish(*reactor, response, read(call.caller, call.request));
  };
  if (position == 0 || !IsUuid(case_id.value())) {
    answer();
  } else {
    WhenReached(board, ShardOf(case_id, board.shard_count()), Position(position),
                context.raw_deadline(), std::move(answer));
  }
  return reactor;
}

}  // namespace apdr::query
