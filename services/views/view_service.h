#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "apdr/sen/v1/view_service.grpc.pb.h"
#include "services/projection/rows/progress_board.h"
#include "services/views/reading.h"

namespace apdr::views {

// The service with bytes for messages.
using RawViewService = sen::v1::ViewService::WithRawCallbackMethod_ListBoard<
    sen::v1::ViewService::WithRawCallbackMethod_ListClass<
        sen::v1::ViewService::WithRawCallbackMethod_ListProvisions<
            sen::v1::ViewService::WithRawCallbackMethod_ListProvisionSums<
                sen::v1::ViewService::WithRawCallbackMethod_ListOverview<
                    sen::v1::ViewService::WithRawCallbackMethod_ListDepartures<
                        sen::v1::ViewService::WithRawCallbackMethod_ListNotices<
                            sen::v1::ViewService::WithRawCallbackMethod_ListIndicators<
                                sen::v1::ViewService::Service>>>>>>>>;

// gRPC for the views: who asks, waiting for min_position without holding a thread, errors.
class ViewService final : public RawViewService {
 public:
  // Borrows the board and what `reading` borrows.
  ViewService(const Reading& reading, projection::ProgressBoard& board)
      : reading_(reading), board_(board) {}

  grpc::ServerUnaryReactor* ListBoard(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListClass(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListProvisions(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListProvisionSums(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListOverview(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListDepartures(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListNotices(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListIndicators(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;

 private:
  // Answers with one of the views' functions, once the shard of min_position is so far.
  template <class Request, class Response>
  grpc::ServerUnaryReactor* AnswerWith(grpc::CallbackServerContext& context,
                                       const grpc::ByteBuffer& bytes, grpc::ByteBuffer& response,
                                       query::Reply<Response> (*read)(const Reading&,
                                                                      const host::Caller&,
                                                                      const Request&));

  const Reading reading_;
  projection::ProgressBoard& board_;
};

}  // namespace apdr::views
