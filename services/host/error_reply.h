#pragma once

#include <grpcpp/support/status.h>

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "apdr/error/v1/error_code.pb.h"

namespace apdr::host {

// An error as every API of ours gives it: a canonical code, one reason of the catalogue, the values
// the text mentions.
struct ErrorReply {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  std::string reason;   // "PAGE_TOKEN_INVALID"
  std::string message;  // "Expected to <do X>, but <fact>."
  std::map<std::string, std::string> metadata;
};

// An error of the shared catalogue, with its canonical code.
[[nodiscard]] ErrorReply MakeError(error::v1::ErrorCode code, std::string message,
                                   std::map<std::string, std::string> metadata = {});

// The gRPC status: code, message and one google.rpc.ErrorInfo with domain "apdr".
[[nodiscard]] grpc::Status ToGrpcStatus(const ErrorReply& error);

// What the world did to us, as an error of the catalogue: kUnavailable SHUTTING_DOWN,
// kResourceExhausted OVERLOADED, kDataLoss STORE_DAMAGED, anything else OUTCOME_UNKNOWN. The text
// of `status` is kept.
[[nodiscard]] ErrorReply FromStatus(const absl::Status& status);

// "PAGE_TOKEN_INVALID" for ERROR_CODE_PAGE_TOKEN_INVALID.
[[nodiscard]] std::string_view ReasonOf(error::v1::ErrorCode code);

// The catalogue's help text for a reason; empty for a workflow's own rule codes.
[[nodiscard]] std::string HelpFor(std::string_view reason);

}  // namespace apdr::host
