#include "services/bench/internal/answer_error.h"

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

std::string ReasonOf(std::span<const std::uint8_t> answer) {
  apdr::command::v1::CommandAnswer message;
  if (!message.ParseFromArray(answer.data(), static_cast<int>(answer.size())))
    return "ANSWER_UNREADABLE";
  return message.has_error() ? message.error().reason() : "ANSWER_OF_ANOTHER_REQUEST";
}

}  // namespace apdr::bench
