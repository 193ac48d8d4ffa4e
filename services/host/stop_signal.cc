#include "services/host/stop_signal.h"

#include <pthread.h>

#include <csignal>

#include "engine/base/check.h"

namespace apdr::host {
namespace {

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = StopSignals();
  APDR_CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
}

std::string_view StopSignal::Wait() {
  const sigset_t set = StopSignals();
  int signal = 0;
  APDR_CHECK(sigwait(&set, &signal) == 0);
  APDR_CHECK(pthread_sigmask(SIG_UNBLOCK, &set, nullptr) == 0);
  return signal == SIGTERM ? "SIGTERM" : "SIGINT";
}

}  // namespace apdr::host
