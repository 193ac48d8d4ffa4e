#include "services/query/query_service.h"

#include <string>

#include "engine/base/id_source.h"
#include "engine/base/shard_of.h"
#include "services/query/position_wait.h"
#include "services/query/unary_answer.h"

namespace apdr::query {
namespace {

// Answers a call about one case, once its shard is where the request wants it.
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

}  // namespace

QueryService::QueryService(const CaseReader& reader, projection::ProgressBoard& board)
    : reader_(reader), board_(board) {}

grpc::ServerUnaryReactor* QueryService::GetCase(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  return AnswerWhenReached<v1::GetCaseRequest>(
      board_, *context, *request, *response,
      [this](const host::Caller& caller, const v1::GetCaseRequest& asked) {
        return reader_.GetCase(caller, asked);
      });
}

grpc::ServerUnaryReactor* QueryService::GetChronology(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return AnswerWhenReached<v1::GetChronologyRequest>(
      board_, *context, *request, *response,
      [this](const host::Caller& caller, const v1::GetChronologyRequest& asked) {
        return reader_.GetChronology(caller, asked);
      });
}

grpc::ServerUnaryReactor* QueryService::ListCommands(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return AnswerWhenReached<v1::ListCommandsRequest>(
      board_, *context, *request, *response,
      [this](const host::Caller& caller, const v1::ListCommandsRequest& asked) {
        return reader_.ListCommands(caller, asked);
      });
}

grpc::ServerUnaryReactor* QueryService::ListCases(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return Answer<v1::ListCasesRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const v1::ListCasesRequest& asked) {
        return reader_.ListCases(caller, asked);
      });
}

grpc::ServerUnaryReactor* QueryService::ListDue(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  return Answer<v1::ListDueRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const v1::ListDueRequest& asked) {
        return reader_.ListDue(caller, asked);
      });
}

}  // namespace apdr::query
