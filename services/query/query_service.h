#pragma once

#include "apdr/query/v1/query_service.grpc.pb.h"
#include "services/projection/rows/progress_board.h"
#include "services/query/case_reader.h"

namespace apdr::query {

// gRPC for CaseReader: who calls, waiting for min_position without holding a thread, errors.
// Borrows both.
class QueryService final : public v1::QueryService::CallbackService {
 public:
  QueryService(const CaseReader& reader, projection::ProgressBoard& board);

  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* GetChronology(grpc::CallbackServerContext* context,
                                          const v1::GetChronologyRequest* request,
                                          v1::GetChronologyResponse* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* ListDue(grpc::CallbackServerContext* context,
                                    const v1::ListDueRequest* request,
                                    v1::ListDueResponse* response) override;

 private:
  const CaseReader& reader_;
  projection::ProgressBoard& board_;
};

}  // namespace apdr::query
