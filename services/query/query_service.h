#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "apdr/query/v1/query_service.grpc.pb.h"
#include "services/projection/rows/progress_board.h"
#include "services/query/case_reader.h"

namespace apdr::query {

// The service with bytes for messages.
using RawQueryService = v1::QueryService::WithRawCallbackMethod_GetCase<
    v1::QueryService::WithRawCallbackMethod_GetChronology<
        v1::QueryService::WithRawCallbackMethod_ListCommands<
            v1::QueryService::WithRawCallbackMethod_ListCases<
                v1::QueryService::WithRawCallbackMethod_ListDue<v1::QueryService::Service>>>>>;

// gRPC for CaseReader: who calls, waiting for min_position without holding a thread, errors.
// Borrows both.
class QueryService final : public RawQueryService {
 public:
  QueryService(const CaseReader& reader, projection::ProgressBoard& board);

  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetChronology(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListCommands(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListDue(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;

 private:
  const CaseReader& reader_;
  projection::ProgressBoard& board_;
};

}  // namespace apdr::query
