#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "apdr/sen/v1/export_service.grpc.pb.h"
#include "services/exports/export_reader.h"

namespace apdr::exports {

// The service with bytes for messages.
using RawExportService = sen::v1::ExportService::WithRawCallbackMethod_ListCensusRows<
    sen::v1::ExportService::WithRawCallbackMethod_ListAnnexARows<
        sen::v1::ExportService::WithRawCallbackMethod_GetEhcEvidence<
            sen::v1::ExportService::Service>>>;

// gRPC for ExportReader. Borrows it.
class ExportService final : public RawExportService {
 public:
  explicit ExportService(const ExportReader& reader);

  grpc::ServerUnaryReactor* ListCensusRows(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListAnnexARows(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetEhcEvidence(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;

 private:
  const ExportReader& reader_;
};

}  // namespace apdr::exports
