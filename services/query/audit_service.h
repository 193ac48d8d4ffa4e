#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "apdr/query/v1/audit_service.grpc.pb.h"
#include "services/query/audit_reader.h"

namespace apdr::query {

// gRPC for AuditReader. Borrows it.
class AuditService final
    : public v1::AuditService::WithRawCallbackMethod_ListEvents<
          v1::AuditService::WithRawCallbackMethod_CountEvents<v1::AuditService::Service>> {
 public:
  explicit AuditService(const AuditReader& reader);

  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CountEvents(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

 private:
  const AuditReader& reader_;
};

}  // namespace apdr::query
