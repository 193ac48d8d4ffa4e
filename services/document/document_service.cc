#include "services/document/document_service.h"

#include "services/query/case_answer.h"

namespace apdr::document {

DocumentService::DocumentService(const DocumentReader& reader, projection::ProgressBoard& board)
    : reader_(reader), board_(board) {}

grpc::ServerUnaryReactor* DocumentService::GetDocument(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return query::AnswerWhenReached<query::v1::GetDocumentRequest>(
      board_, *context, *request, *response,
      [this](const host::Caller& caller, const query::v1::GetDocumentRequest& asked) {
        return reader_.GetDocument(caller, asked);
      });
}

}  // namespace apdr::document
