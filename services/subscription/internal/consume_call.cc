#include "services/subscription/internal/consume_call.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/host/wire.h"
#include "services/subscription/member_stream.h"

namespace apdr::subscription {
namespace {

// Shared by gRPC, which calls the reactor's methods, and the dispatcher.
class ConsumeCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public MemberStream,
                          public std::enable_shared_from_this<ConsumeCall> {
 public:
  explicit ConsumeCall(Wakeup& wakeup) : wakeup_(wakeup) {}

  // Keeps the reactor alive until gRPC is done with it.
  void Refuse(const host::ErrorReply& error) {
    self_ = shared_from_this();
    Close(error);
  }
  void Start(host::Caller caller) {
    self_ = shared_from_this();
    caller_ = std::move(caller);
    StartRead(&incoming_);
  }

  [[nodiscard]] const host::Caller& caller() const override { return caller_; }

  std::vector<v1::ConsumeRequest> Take() override {
    const absl::MutexLock lock(&mutex_);
    std::vector<v1::ConsumeRequest> taken = std::exchange(inbox_, {});
    if (paused_ && !ended_) StartRead(&incoming_);
    paused_ = false;
    return taken;
  }

  [[nodiscard]] bool Ended() const override {
    const absl::MutexLock lock(&mutex_);
    return ended_;
  }

  [[nodiscard]] bool CanSend() const override {
    const absl::MutexLock lock(&mutex_);
    return !ended_ && !writing_;
  }

  void Send(const v1::ConsumeResponse& response) override {
    const absl::MutexLock lock(&mutex_);
    if (ended_) return;  // Meanwhile.
    outgoing_ = host::SerializeMessage(response);
    writing_ = true;
    StartWrite(&outgoing_);
  }

  void Close(const host::ErrorReply& error) override {
    const absl::MutexLock lock(&mutex_);
    EndLocked(host::ToGrpcStatus(error));
  }

  void OnReadDone(bool ok) override {
    {
      const absl::MutexLock lock(&mutex_);
      if (ok) {
        TakeIn();
      } else {
        EndLocked(grpc::Status::OK);  // The member has said all that it wanted to say.
      }
    }
    wakeup_.Notify();
  }

  void OnWriteDone(bool ok) override {
    {
      const absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok) EndLocked(grpc::Status::CANCELLED);
    }
    wakeup_.Notify();
  }

  void OnCancel() override {
    {
      const absl::MutexLock lock(&mutex_);
      EndLocked(grpc::Status::CANCELLED);
    }
    wakeup_.Notify();
  }

  void OnDone() override { self_.reset(); }

 private:
  void TakeIn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (ended_) return;
    v1::ConsumeRequest request;
    if (const auto error = host::ParseMessage(incoming_, request)) {
      return EndLocked(host::ToGrpcStatus(*error));
    }
    inbox_.push_back(std::move(request));
    paused_ = inbox_.size() >= kConsumeInboxMax;
    if (!paused_) StartRead(&incoming_);
  }

  void EndLocked(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (ended_) return;
    ended_ = true;
    Finish(status);
  }

  Wakeup& wakeup_;
  host::Caller caller_;
  grpc::ByteBuffer incoming_;  // gRPC's between StartRead and OnReadDone.
  mutable absl::Mutex mutex_;
  std::vector<v1::ConsumeRequest> inbox_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;  // The inbox is full.
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ConsumeCall> self_;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartConsumeCall(
    Dispatcher& dispatcher, std::variant<host::Caller, host::ErrorReply> caller) {
  auto call = std::make_shared<ConsumeCall>(dispatcher.wakeup());
  ConsumeCall* const reactor = call.get();
  if (const auto* error = std::get_if<host::ErrorReply>(&caller)) {
    call->Refuse(*error);
    return reactor;
  }
  call->Start(std::get<host::Caller>(std::move(caller)));
  dispatcher.Add(call);
  return reactor;
}

}  // namespace apdr::subscription
