#include "services/host/poller_hold.h"

#include <grpc/support/cpu.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/host/log.h"

namespace apdr::host {
namespace {

// For calls to fail and their callbacks to be run, on a machine that is very busy.
constexpr absl::Duration kPatience = absl::Seconds(5);

// How many callback threads gRPC has. With more there would be more that poll; were there fewer,
// the call that proves one free would tell.
std::size_t CallbackThreads() { return std::clamp(gpr_cpu_num_cores() / 2, 2U, 16U); }

}  // namespace

// Calls that fail at once. The callback of each but the last stays until it is let go; that of the
// last shows that a thread is left for it.
class PollerHold::Held {
 public:
  Held() : stub_(grpc::CreateChannel("unix:/nonexistent", grpc::InsecureChannelCredentials())) {
    const std::size_t threads = CallbackThreads();
    for (std::size_t i = 1; i < threads; ++i) Call(&Held::Stay);
    Await([this, threads]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return held_ == threads - 1; });
    Call(&Held::Pass);
    Await([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return one_is_free_; });
  }

  ~Held() {
    const absl::MutexLock lock(&mutex_);
    let_go_ = true;
    const auto all_gone = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
    mutex_.Await(absl::Condition(&all_gone));
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  struct Failing {
    grpc::ClientContext context;
    grpc::Slice nothing;
    grpc::ByteBuffer request{&nothing, 1};  // Without a slice it were no message.
    grpc::ByteBuffer response;
  };

  void Call(void (Held::*callback)()) {
    Failing& call = calls_.emplace_back();
    call.context.set_deadline(std::chrono::system_clock::now());
    {
      const absl::MutexLock lock(&mutex_);
      ++running_;
    }
    stub_.UnaryCall(&call.context, "/held", {}, &call.request, &call.response,
                    [this, callback](const grpc::Status&) {
                      const absl::MutexLock lock(&mutex_);
                      (this->*callback)();
                      --running_;
                    });
  }

  void Stay() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ++held_;
    mutex_.Await(absl::Condition(&let_go_));
  }
  void Pass() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { one_is_free_ = true; }

  template <class Fact>
  void Await(const Fact& fact) {
    const absl::MutexLock lock(&mutex_);
    if (let_go_ || mutex_.AwaitWithTimeout(absl::Condition(&fact), kPatience)) return;
    let_go_ = true;
    Log(LogLevel::kWarning, "poller_hold_failed",
        {{"effect", "all threads poll; commands cost more than they must"}});
  }

  grpc::GenericStub stub_;
  std::list<Failing> calls_;
  absl::Mutex mutex_;
  std::size_t held_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool one_is_free_ ABSL_GUARDED_BY(mutex_) = false;
  bool let_go_ ABSL_GUARDED_BY(mutex_) = false;
};

PollerHold::PollerHold() {
  static absl::Mutex mutex;
  static auto& shared = *new std::weak_ptr<Held>();
  const absl::MutexLock lock(&mutex);
  held_ = shared.lock();
  if (held_ != nullptr) return;
  held_ = std::make_shared<Held>();
  shared = held_;
}

PollerHold::~PollerHold() = default;

}  // namespace apdr::host
