#include "services/bench/internal/answer_error.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include "absl/strings/str_cat.h"
#include "apdr/command/v1/command_service.pb.h"
#include "apdr/error/v1/error_info.pb.h"

namespace apdr::bench {

std::string ReasonOf(const grpc::Status& status) {
  error::v1::StatusDetails details;
  error::v1::ErrorInfo info;
  if (details.ParseFromString(status.error_details()) && details.details_size() > 0 &&
      info.ParseFromString(details.details(0).value()) && !info.reason().empty()) {
    return info.reason();
  }
  return absl::StrCat("STATUS_", static_cast<int>(status.error_code()));
}

std::string ReasonOf(const grpc::ByteBuffer& answer) {
  grpc::ByteBuffer copy(answer);
  grpc::ProtoBufferReader reader(&copy);
  apdr::command::v1::ExecuteStreamResponse response;
  if (!response.ParseFromZeroCopyStream(&reader)) return "ANSWER_UNREADABLE";
  return response.has_error() ? response.error().reason() : "ANSWER_OF_ANOTHER_REQUEST";
}

}  // namespace apdr::bench
