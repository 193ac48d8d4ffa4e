#include "services/query/audit_service.h"

#include "services/query/unary_answer.h"

namespace apdr::query {

AuditService::AuditService(const AuditReader& reader) : reader_(reader) {}

grpc::ServerUnaryReactor* AuditService::ListEvents(grpc::CallbackServerContext* context,
                                                   const v1::ListEventsRequest* request,
                                                   v1::ListEventsResponse* response) {
  return Answer(*context, *response, [this, request](const host::Caller& caller) {
    return reader_.ListEvents(caller, *request);
  });
}

}  // namespace apdr::query
