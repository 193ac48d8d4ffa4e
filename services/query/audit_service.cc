#include "services/query/audit_service.h"

#include "services/query/unary_answer.h"

namespace apdr::query {

AuditService::AuditService(const AuditReader& reader) : reader_(reader) {}

grpc::ServerUnaryReactor* AuditService::ListEvents(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return Answer<v1::ListEventsRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const v1::ListEventsRequest& asked) {
        return reader_.ListEvents(caller, asked);
      });
}

grpc::ServerUnaryReactor* AuditService::CountEvents(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Answer<v1::CountEventsRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const v1::CountEventsRequest& asked) {
        return reader_.CountEvents(caller, asked);
      });
}

}  // namespace apdr::query
