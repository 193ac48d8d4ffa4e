#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/bench/internal/echo_server.h"

namespace apdr::bench {

// The echo server in a process of its own, as the real server is; it ends with this object, and
// also when this process dies.
class EchoProcess {
 public:
  // Starts this executable again as `bench --serve-echo`. kUnavailable: it did not come up.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<EchoProcess>> Start(EchoSizes sizes);
  ~EchoProcess();
  EchoProcess(const EchoProcess&) = delete;
  EchoProcess& operator=(const EchoProcess&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  EchoProcess(pid_t pid, int input) : pid_(pid), input_(input) {}

  const pid_t pid_;
  const int input_;  // Closed: the process ends.
  std::string address_;
};

// CPU time that a process has used until now, in seconds; 0 of an unknown one.
[[nodiscard]] double CpuSeconds(pid_t pid);

}  // namespace apdr::bench
