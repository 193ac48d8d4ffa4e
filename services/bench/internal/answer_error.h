#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <string>

namespace apdr::bench {

// Why a call was refused: the reason of its ErrorInfo, or the status code where there is none.
[[nodiscard]] std::string ReasonOf(const grpc::Status& status);

// The same for an answer on a stream that is no response.
[[nodiscard]] std::string ReasonOf(const grpc::ByteBuffer& answer);

}  // namespace apdr::bench
