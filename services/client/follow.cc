#include "services/client/follow.h"

#include <grpcpp/support/client_callback.h>

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "apdr/command/v1/subscription_service.grpc.pb.h"

namespace apdr::client {
namespace {

using OnBatch = std::function<bool(const command::v1::SubscribeResponse&)>;

// What the subscriptions of one call share.
class Shared {
 public:
  Shared(std::size_t open, const OnBatch& on_batch) : open_(open), on_batch_(on_batch) {}

  void Deliver(const command::v1::SubscribeResponse& batch) {
    const absl::MutexLock lock(&mutex_);
    full_ = full_ || !on_batch_(batch);
  }

  void Close(const grpc::Status& status) {
    const absl::MutexLock lock(&mutex_);
    --open_;
    if (!status.ok() && failure_.code == grpc::StatusCode::OK) failure_ = ReadFailure(status);
  }

  // Returns when a subscription has failed, all have ended, or no more can be taken.
  void AwaitEnd() {
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &Shared::Ended));
  }

  Failure AwaitAllClosed() {
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &Shared::AllClosed));
    return full_ ? Failure() : failure_;
  }

 private:
  [[nodiscard]] bool AllClosed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return open_ == 0; }
  [[nodiscard]] bool Ended() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return open_ == 0 || full_ || failure_.code != grpc::StatusCode::OK;
  }

  absl::Mutex mutex_;
  std::size_t open_ ABSL_GUARDED_BY(mutex_);
  Failure failure_ ABSL_GUARDED_BY(mutex_);
  bool full_ ABSL_GUARDED_BY(mutex_) = false;  // Nothing more can be handed over.
  const OnBatch& on_batch_;
};

// One shard's subscription.
class Subscription final : public grpc::ClientReadReactor<command::v1::SubscribeResponse> {
 public:
  Subscription(Shared& shared, bool until_caught_up)
      : shared_(shared), until_caught_up_(until_caught_up) {}

  void Start(command::v1::SubscriptionService::Stub& stub, const Identity& identity,
             command::v1::SubscribeRequest request) {
    request_ = std::move(request);
    Prepare(identity, absl::InfiniteDuration(), context_);
    stub.async()->Subscribe(&context_, &request_, this);
    StartRead(&batch_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    shared_.Deliver(batch_);
    if (until_caught_up_ && batch_.caught_up()) {
      finished_ = true;
      Cancel();
      return;
    }
    StartRead(&batch_);
  }

  void OnDone(const grpc::Status& status) override {
    shared_.Close(finished_ ? grpc::Status::OK : status);
  }

 private:
  Shared& shared_;
  const bool until_caught_up_;
  bool finished_ = false;
  grpc::ClientContext context_;
  command::v1::SubscribeRequest request_;
  command::v1::SubscribeResponse batch_;
};

}  // namespace

Failure Follow(const std::shared_ptr<grpc::Channel>& channel, const Identity& identity,
               const FollowRequest& request, const OnBatch& on_batch) {
  const auto stub = command::v1::SubscriptionService::NewStub(channel);
  Shared shared(request.shards.size(), on_batch);
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  for (const std::uint32_t shard : request.shards) {
    command::v1::SubscribeRequest wanted;
    wanted.set_shard(shard);
    wanted.set_after_position(request.after);
    for (const std::string& type : request.types) wanted.add_event_types(type);
    subscriptions.push_back(std::make_unique<Subscription>(shared, request.until_caught_up));
    subscriptions.back()->Start(*stub, identity, std::move(wanted));
  }
  shared.AwaitEnd();
  for (const auto& subscription : subscriptions) subscription->Cancel();
  return shared.AwaitAllClosed();
}

Failure ListShards(const std::shared_ptr<grpc::Channel>& channel, const Identity& identity,
                   command::v1::ListShardsResponse& response) {
  grpc::ClientContext context;
  Prepare(identity, kCallTimeout, context);
  const auto stub = command::v1::SubscriptionService::NewStub(channel);
  return ReadFailure(stub->ListShards(&context, {}, &response));
}

}  // namespace apdr::client
