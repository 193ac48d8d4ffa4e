#include "services/host/error_reply.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "apdr/error/v1/error_info.pb.h"
#include "apdr/options/v1/options.pb.h"

namespace apdr::host {
namespace {

using error::v1::ErrorCode;

constexpr std::string_view kPrefix = "ERROR_CODE_";
constexpr std::string_view kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";

const options::v1::ErrorRules& RulesOf(ErrorCode code) {
  return error::v1::ErrorCode_descriptor()->FindValueByNumber(code)->options().GetExtension(
      options::v1::error);
}

}  // namespace

ErrorReply MakeError(ErrorCode code, std::string message,
                     std::map<std::string, std::string> metadata) {
  return {.code = static_cast<grpc::StatusCode>(RulesOf(code).status()),
          .reason = std::string(ReasonOf(code)),
          .message = std::move(message),
          .metadata = std::move(metadata)};
}

grpc::Status ToGrpcStatus(const ErrorReply& error) {
  error::v1::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain("apdr");
  for (const auto& [key, value] : error.metadata) (*info.mutable_metadata())[key] = value;
  error::v1::StatusDetails details;
  details.set_code(static_cast<int>(error.code));
  details.set_message(error.message);
  google::protobuf::Any* any = details.add_details();
  any->set_type_url(std::string(kErrorInfoUrl));
  info.SerializeToString(any->mutable_value());
  return {error.code, error.message, details.SerializeAsString()};
}

ErrorReply FromStatus(const absl::Status& status) {
  ErrorCode code = error::v1::ERROR_CODE_OUTCOME_UNKNOWN;
  if (absl::IsUnavailable(status)) code = error::v1::ERROR_CODE_SHUTTING_DOWN;
  if (absl::IsResourceExhausted(status)) code = error::v1::ERROR_CODE_OVERLOADED;
  if (absl::IsDataLoss(status)) code = error::v1::ERROR_CODE_STORE_DAMAGED;
  return MakeError(code, std::string(status.message()));
}

std::string_view ReasonOf(ErrorCode code) {
  return std::string_view(error::v1::ErrorCode_Name(code)).substr(kPrefix.size());
}

std::string HelpFor(std::string_view reason) {
  ErrorCode code = error::v1::ERROR_CODE_UNSPECIFIED;
  if (!error::v1::ErrorCode_Parse(absl::StrCat(std::string(kPrefix), std::string(reason)), &code))
    return {};
  return RulesOf(code).help();
}

}  // namespace apdr::host
