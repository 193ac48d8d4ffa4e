#pragma once

#include "apdr/query/v1/audit_service.grpc.pb.h"
#include "services/query/audit_reader.h"

namespace apdr::query {

// gRPC for AuditReader. Borrows it.
class AuditService final : public v1::AuditService::CallbackService {
 public:
  explicit AuditService(const AuditReader& reader);

  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                       const v1::ListEventsRequest* request,
                                       v1::ListEventsResponse* response) override;

 private:
  const AuditReader& reader_;
};

}  // namespace apdr::query
