#include "services/query/query_service.h"

#include "services/query/case_answer.h"

namespace apdr::query {
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
