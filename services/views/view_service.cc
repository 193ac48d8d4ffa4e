#include "services/views/view_service.h"

#include "services/query/position_wait.h"
#include "services/query/unary_answer.h"
#include "services/views/board.h"
#include "services/views/class_list.h"
#include "services/views/departures.h"
#include "services/views/feed.h"
#include "services/views/indicators.h"
#include "services/views/overview.h"
#include "services/views/provision_map.h"

namespace apdr::views {

template <class Request, class Response>
grpc::ServerUnaryReactor* ViewService::AnswerWith(
    grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes, grpc::ByteBuffer& response,
    query::Reply<Response> (*read)(const Reading&, const host::Caller&, const Request&)) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  auto read_call = query::ReadCall<Request>(context, bytes);
  if (const auto* error = std::get_if<host::ErrorReply>(&read_call)) {
    reactor->Finish(host::ToGrpcStatus(*error));
    return reactor;
  }
  auto call = std::get<query::Call<Request>>(std::move(read_call));
  const sen::v1::ShardPosition wanted = call.request.min_position();
  auto answer = [this, reactor, &response, read, call = std::move(call)] {
    query::Finish(*reactor, response, read(reading_, call.caller, call.request));
  };
  if (wanted.position() == 0 || wanted.shard() >= board_.shard_count()) {
    answer();
  } else {
    query::WhenReached(board_, Shard(wanted.shard()), Position(wanted.position()),
                       context.raw_deadline(), std::move(answer));
  }
  return reactor;
}

grpc::ServerUnaryReactor* ViewService::ListBoard(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListBoard);
}

grpc::ServerUnaryReactor* ViewService::ListClass(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListClass);
}

grpc::ServerUnaryReactor* ViewService::ListProvisions(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListProvisions);
}

grpc::ServerUnaryReactor* ViewService::ListProvisionSums(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListProvisionSums);
}

grpc::ServerUnaryReactor* ViewService::ListOverview(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListOverview);
}

grpc::ServerUnaryReactor* ViewService::ListDepartures(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListDepartures);
}

grpc::ServerUnaryReactor* ViewService::ListNotices(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListNotices);
}

grpc::ServerUnaryReactor* ViewService::ListIndicators(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return AnswerWith(*context, *request, *response, views::ListIndicators);
}

}  // namespace apdr::views
