#pragma once

#include <grpcpp/channel.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "apdr/command/v1/command_service.pb.h"
#include "services/client/connection.h"

namespace apdr::client {

// What became of one command of a stream.
struct StreamAnswer {
  std::uint64_t ticket = 0;
  std::variant<command::v1::ExecuteResponse, Failure> outcome;
  // The stream broke or was refused: whether the command was run is unknown. Repeat its request_id.
  bool stream_failed = false;
};

// Many commands in flight on CommandService.ExecuteStream: one stream for each caller, commands
// that are ready share a message. Commands of one caller reach the server in the order of Send.
// Nothing is sent twice, and how far to run ahead is the user's decision. One thread.
class CommandStreams {
 public:
  explicit CommandStreams(const std::shared_ptr<grpc::Channel>& channel);
  // Cancels what is in flight.
  ~CommandStreams();
  CommandStreams(const CommandStreams&) = delete;
  CommandStreams& operator=(const CommandStreams&) = delete;

  // Takes a command, to be sent by the next Await. Its answer comes with this ticket.
  void Send(const Identity& caller, const command::v1::ExecuteRequest& request,
            std::uint64_t ticket);

  // Sends what was taken and waits for answers, at most so long. Empty: none came.
  [[nodiscard]] std::vector<StreamAnswer> Await(absl::Duration patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace apdr::client
