#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/bench/internal/measurement.h"
#include "services/bench/internal/workload.h"

namespace apdr::bench {

// Connections over which every load is spread, as a well-behaved busy client would.
inline constexpr std::size_t kChannels = 4;

// One serving process under load, the real one or the floor.
class Target {
 public:
  enum class Answers : std::uint8_t { kChecked, kEchoed };

  // Opens kChannels connections; kUnavailable if there is nobody at `address`.
  [[nodiscard]] static absl::StatusOr<Target> Connect(const std::string& address, Answers answers);

  [[nodiscard]] const std::vector<std::shared_ptr<grpc::Channel>>& channels() const {
    return channels_;
  }
  // Whether the answers are a command's, to be checked, or an echo's.
  [[nodiscard]] Answers answers() const { return answers_; }

 private:
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  Answers answers_ = Answers::kChecked;
};

// Unary calls of CommandService.Execute, `clients` of them in flight all the time.
// kDeadlineExceeded: the server stopped answering.
[[nodiscard]] absl::StatusOr<Measurement> DriveUnary(const Target& target, CallSource& source,
                                                     std::size_t clients, Stretch stretch);

struct StreamLoad {
  std::size_t streams = kChannels;
  std::size_t window = 256;  // Commands in flight on each.
  // Commands in a message, of those there is room for; an echo is always sent one.
  std::size_t message_max = 1;
};

// Commands on CommandService.ExecuteStream, until the time is over or the source has no more.
// kDeadlineExceeded: the server stopped answering.
[[nodiscard]] absl::StatusOr<Measurement> DriveStreams(const Target& target, CallSource& source,
                                                       StreamLoad load, Stretch stretch);

}  // namespace apdr::bench
