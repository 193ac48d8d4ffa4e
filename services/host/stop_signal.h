#pragma once

#include <string_view>

namespace apdr::host {

// Turns SIGTERM and SIGINT into a wait, so that a process stops in order. Construct it in main
// before any thread starts: the threads inherit the blocked signals.
class StopSignal {
 public:
  StopSignal();

  // Returns when one of the two arrives, with its name. From then on they end the process at once,
  // so that a second Ctrl-C cuts a slow stop short.
  [[nodiscard]] std::string_view Wait();
};

}  // namespace apdr::host
