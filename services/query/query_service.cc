#include "services/query/query_service.h"

#include <string>

#include "engine/base/id_source.h"
#include "engine/base/shard_of.h"
#include "services/query/position_wait.h"
#include "services/query/unary_answer.h"

namespace apdr::query {
namespace {

// Answers a call about one case, once its shard is where the request wants it.
template <class Request, class Response, std::invocable<const host::Caller&> Read>
grpc::ServerUnaryReactor* AnswerWhenReached(projection::ProgressBoard& board,
                                            grpc::CallbackServerContext& context,
                                            const Request& request, Response& response, Read read) {
  if (request.min_position() == 0 || !IsUuid(request.case_id())) {
    return Answer(context, response, read);
  }
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  auto caller = host::ReadCaller(context.client_metadata());
  if (const auto* error = std::get_if<host::ErrorReply>(&caller)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  WhenReached(board, ShardOf(CaseId(request.case_id()), board.shard_count()),
              Position(request.min_position()), context.raw_deadline(),
              [reactor, &response, read, caller = std::get<host::Caller>(std::move(caller))] {
                Finish(*reactor, response, read(caller));
              });
  return reactor;
}

}  // namespace

QueryService::QueryService(const CaseReader& reader, projection::ProgressBoard& board)
    : reader_(reader), board_(board) {}

grpc::ServerUnaryReactor* QueryService::GetCase(grpc::CallbackServerContext* context,
                                                const v1::GetCaseRequest* request,
                                                v1::GetCaseResponse* response) {
  return AnswerWhenReached(
      board_, *context, *request, *response,
      [this, request](const host::Caller& caller) { return reader_.GetCase(caller, *request); });
}

grpc::ServerUnaryReactor* QueryService::GetChronology(grpc::CallbackServerContext* context,
                                                      const v1::GetChronologyRequest* request,
                                                      v1::GetChronologyResponse* response) {
  return AnswerWhenReached(board_, *context, *request, *response,
                           [this, request](const host::Caller& caller) {
                             return reader_.GetChronology(caller, *request);
                           });
}

grpc::ServerUnaryReactor* QueryService::ListCases(grpc::CallbackServerContext* context,
                                                  const v1::ListCasesRequest* request,
                                                  v1::ListCasesResponse* response) {
  return Answer(*context, *response, [this, request](const host::Caller& caller) {
    return reader_.ListCases(caller, *request);
  });
}

grpc::ServerUnaryReactor* QueryService::ListDue(grpc::CallbackServerContext* context,
                                                const v1::ListDueRequest* request,
                                                v1::ListDueResponse* response) {
  return Answer(*context, *response, [this, request](const host::Caller& caller) {
    return reader_.ListDue(caller, *request);
  });
}

}  // namespace apdr::query
