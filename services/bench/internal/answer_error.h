#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <span>
#include <string>

namespace apdr::bench {

// Why a call was refused: the reason of its ErrorInfo, or the status code where there is none.
[[nodiscard]] std::string ReasonOf(const grpc::Status& status);

// The same for the bytes of a CommandAnswer that is no response.
[[nodiscard]] std::string ReasonOf(std::span<const std::uint8_t> answer);

}  // namespace apdr::bench
