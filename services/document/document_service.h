#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "apdr/query/v1/document_service.grpc.pb.h"
#include "services/document/document_reader.h"
#include "services/projection/rows/progress_board.h"

namespace apdr::document {

// gRPC for DocumentReader: who calls, waiting for min_position without holding a thread, errors.
// Borrows both.
class DocumentService final : public query::v1::DocumentService::WithRawCallbackMethod_GetDocument<
                                  query::v1::DocumentService::Service> {
 public:
  DocumentService(const DocumentReader& reader, projection::ProgressBoard& board);

  grpc::ServerUnaryReactor* GetDocument(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

 private:
  const DocumentReader& reader_;
  projection::ProgressBoard& board_;
};

}  // namespace apdr::document
