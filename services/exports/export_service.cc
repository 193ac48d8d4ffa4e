#include "services/exports/export_service.h"

#include "services/query/unary_answer.h"

namespace apdr::exports {

ExportService::ExportService(const ExportReader& reader) : reader_(reader) {}

grpc::ServerUnaryReactor* ExportService::ListCensusRows(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return query::Answer<sen::v1::ListCensusRowsRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const sen::v1::ListCensusRowsRequest& asked) {
        return reader_.ListCensusRows(caller, asked);
      });
}

grpc::ServerUnaryReactor* ExportService::ListAnnexARows(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return query::Answer<sen::v1::ListAnnexARowsRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const sen::v1::ListAnnexARowsRequest& asked) {
        return reader_.ListAnnexARows(caller, asked);
      });
}

grpc::ServerUnaryReactor* ExportService::GetEhcEvidence(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return query::Answer<sen::v1::GetEhcEvidenceRequest>(
      *context, *request, *response,
      [this](const host::Caller& caller, const sen::v1::GetEhcEvidenceRequest& asked) {
        return reader_.GetEhcEvidence(caller, asked);
      });
}

}  // namespace apdr::exports
