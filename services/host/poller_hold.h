#pragma once

#include <memory>

namespace apdr::host {

// Keeps all but one of gRPC's callback threads from polling, as long as it lives.
//
// gRPC has 2 to 16 of them, which take turns at one epoll set: after each event the one that polled
// wakes another to poll in its stead. Where small calls are answered by a third thread that costs
// as much as the calls, and gRPC 1.51 has no setting for it (docs/adr/0020-one-thread-polls.md). So
// each of the others is given a callback that waits.
//
// All holds of a process share the threads held, which go on when the last of them ends. A hold
// that would leave no thread for callbacks is given up, with a warning. Thread-safe.
class PollerHold {
 public:
  PollerHold();
  ~PollerHold();
  PollerHold(const PollerHold&) = delete;
  PollerHold& operator=(const PollerHold&) = delete;

 private:
  class Held;
  std::shared_ptr<Held> held_;
};

}  // namespace apdr::host
