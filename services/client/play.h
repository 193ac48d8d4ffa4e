#pragma once

#include <grpcpp/channel.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apdr/command/v1/command_service.pb.h"
#include "apdr/event/v1/event.pb.h"
#include "services/client/connection.h"
#include "services/client/script.h"

namespace apdr::client {

// What one step led to.
struct StepReport {
  const ScriptStep* step = nullptr;      // Borrowed from the script.
  std::vector<event::v1::Event> timers;  // Reported by deadlines before the step.
  std::vector<command::v1::ExecuteResponse> answers;
  std::optional<Failure> failure;  // Of the command after the last answer.
  std::string unexpected;          // Why the step is not as the script says; empty: it is.
};

struct PlayResult {
  int exit_code = kExitOk;
  std::size_t steps = 0;  // Played as expected.
  std::size_t commands = 0;
  std::size_t events = 0;
  std::size_t timers = 0;
  std::size_t repeated = 0;  // Commands that had been answered before.
  bool demo_clock = false;   // The server's clock followed the script.
  std::string case_id;       // Of the last step with a command.
};

// Plays a script step by step and reports each; stops at the first that is not as expected. A
// server with a demonstration clock is first moved to each step's date, so that its deadlines fire
// as they would have; else the server lives in real time and expectations of timers are not
// checked. Playing again is safe: the same steps have the same request ids. Blocks; one thread.
[[nodiscard]] PlayResult PlayScript(const std::shared_ptr<grpc::Channel>& channel,
                                    const Script& script,
                                    const std::function<void(const StepReport&)>& report);

}  // namespace apdr::client
