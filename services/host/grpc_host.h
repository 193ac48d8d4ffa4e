#pragma once

#include <grpcpp/server.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/host/poller_hold.h"

namespace apdr::host {

// The transport takes a little more than the 1 MiB that our services admit, so that a request that
// is too large meets our own REQUEST_TOO_LARGE rather than the transport's bare error.
inline constexpr int kReceiveBytesMax = 4 << 20;

// A service and the name under which grpc.health.v1 reports it: SERVING as long as the host does.
// Without a service, something else of the process that SetServing() tells of. Borrowed.
struct ServedService {
  std::string name;  // "apdr.command.v1.CommandService"
  grpc::Service* service = nullptr;
};

// kInvalidArgument unless `address` is "HOST:PORT" with a loopback host (127.0.0.0/8, [::1],
// localhost): a caller names itself in metadata and is believed, which only this machine may do.
[[nodiscard]] absl::Status CheckListenAddress(std::string_view address);

// Which of gRPC's threads read from the connections and run our callbacks.
enum class Polling {
  kAllThreads,  // All that gRPC has, for services that may take milliseconds in a callback.
  kOneThread,   // One: faster where no callback takes long (PollerHold).
};

// A gRPC server with health v1, reflection and our limits. Not started again once stopped.
class GrpcHost {
 public:
  // Listens and serves. `address` with port 0 takes a free port. kUnavailable: cannot listen there.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<GrpcHost>> Start(
      std::string_view address, const std::vector<ServedService>& services,
      Polling polling = Polling::kAllThreads);
  ~GrpcHost();
  GrpcHost(const GrpcHost&) = delete;
  GrpcHost& operator=(const GrpcHost&) = delete;

  // "127.0.0.1:7400", with the port that was taken.
  [[nodiscard]] const std::string& address() const { return address_; }

  // What health says of one of the names from now on; nothing once the host stops. Thread-safe.
  void SetServing(const std::string& name, bool serving);

  // Health says NOT_SERVING, no new call is taken, calls under way have `grace` to end and are cut
  // off then. Returns when the last has ended.
  void Stop(absl::Duration grace);

 private:
  GrpcHost(std::string address, std::unique_ptr<grpc::Server> server);

  const std::string address_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<PollerHold> hold_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace apdr::host
