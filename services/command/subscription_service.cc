#include "services/command/subscription_service.h"

#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "apdr/command/v1/subscription_service.grpc.pb.h"
#include "engine/base/status_macros.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "services/host/caller.h"
#include "services/host/error_reply.h"
#include "services/host/family.h"
#include "services/host/log.h"
#include "services/host/wire.h"

namespace apdr::command {
namespace {

using error::v1::ErrorCode;

struct Wanted {
  TenantId tenant;
  Shard shard;
  Position after;
  std::set<std::string, std::less<>> types;  // Empty: all.
};

// One call of Subscribe. Shared by gRPC, which calls the reactor's methods, and the worker, which
// feeds it.
class Subscriber final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public std::enable_shared_from_this<Subscriber> {
 public:
  Subscriber(Wanted wanted, Wakeup& wakeup) : wanted_(std::move(wanted)), wakeup_(wakeup) {}

  // Keeps the reactor alive until gRPC is done with it.
  void Start() { self_ = shared_from_this(); }

  void OnWriteDone(bool ok) override {
    {
      const absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok) FinishLocked(grpc::Status::CANCELLED);
    }
    wakeup_.Notify();
  }

  void OnCancel() override {
    const absl::MutexLock lock(&mutex_);
    FinishLocked(grpc::Status::CANCELLED);
  }

  void OnDone() override { self_.reset(); }

  void Close(const grpc::Status& status) {
    const absl::MutexLock lock(&mutex_);
    FinishLocked(status);
  }

  [[nodiscard]] bool finished() const {
    const absl::MutexLock lock(&mutex_);
    return finished_;
  }

  // Reads and sends the next batch. kIdle: nothing new, or the last batch is still on its way.
  absl::StatusOr<StepResult> Feed(eventstore::EventStore& store) {
    const absl::MutexLock lock(&mutex_);
    if (finished_ || writing_) return StepResult::kIdle;
    const Position head = store.DurableHead(wanted_.shard);
    if (caught_up_sent_ && head <= wanted_.after) return StepResult::kIdle;
    batch_.Clear();
    APDR_ASSIGN_OR_RETURN(const auto page,
                          store.ReadShard(wanted_.shard, wanted_.after, commits_max_));
    std::size_t added = 0;
    std::size_t bytes = 0;
    while (added < page.size() && bytes < kSubscriptionBytesMax) {
      APDR_RETURN_IF_ERROR(Add(page[added++], bytes));
    }
    // What did not fit is read again: where events are large, fewer are read ahead.
    commits_max_ = bytes < kSubscriptionBytesMax
                       ? std::min(2 * commits_max_, kSubscriptionCommitsPerPage)
                       : added;
    batch_.set_last_position(wanted_.after.value());
    batch_.set_caught_up(wanted_.after >= head);
    caught_up_sent_ = batch_.caught_up();
    writing_ = true;
    bytes_ = host::SerializeMessage(batch_);
    StartWrite(&bytes_);
    return StepResult::kProgressed;
  }

 private:
  // Adds the commit's events that are wanted, until the batch is full; counts their bytes.
  absl::Status Add(const eventstore::StoredCommit& stored, std::size_t& bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::uint64_t position = stored.place.first_position.value();
    for (const std::string& event : stored.commit.events) {
      const Position at(position++);
      if (at <= wanted_.after) continue;
      if (bytes >= kSubscriptionBytesMax) break;
      wanted_.after = at;
      if (stored.commit.stream.tenant != wanted_.tenant) continue;
      APDR_ASSIGN_OR_RETURN(event::v1::Event message, codec::ParseEvent(event));
      if (!wanted_.types.empty() &&
          !wanted_.types.contains(codec::TypeOfUrl(message.data().type_url())))
        continue;
      message.set_shard(stored.place.shard.value());
      message.set_position(at.value());
      bytes += event.size();
      *batch_.add_events() = std::move(message);
    }
    return absl::OkStatus();
  }

  void FinishLocked(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_) return;
    finished_ = true;
    Finish(status);
  }

  mutable absl::Mutex mutex_;
  Wanted wanted_ ABSL_GUARDED_BY(mutex_);
  v1::SubscribeResponse batch_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer bytes_ ABSL_GUARDED_BY(mutex_);  // Of batch_, while they are written.
  std::size_t commits_max_ ABSL_GUARDED_BY(mutex_) = kSubscriptionCommitsPerPage;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool caught_up_sent_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  Wakeup& wakeup_;
  std::shared_ptr<Subscriber> self_;
};

}  // namespace

// The service with bytes for messages.
using RawSubscriptionService = v1::SubscriptionService::WithRawCallbackMethod_Subscribe<
    v1::SubscriptionService::WithRawCallbackMethod_ListShards<v1::SubscriptionService::Service>>;

class SubscriptionService::Impl final : public RawSubscriptionService, public Worker {
 public:
  Impl(eventstore::EventStore& store, const core::Workflow& workflow)
      : store_(store), workflow_(workflow) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscribe(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* bytes) override {
    auto wanted = Check(context, *bytes);
    const auto* error = std::get_if<host::ErrorReply>(&wanted);
    auto subscriber = std::make_shared<Subscriber>(
        error != nullptr ? Wanted{} : std::get<Wanted>(std::move(wanted)), wakeup_);
    subscriber->Start();
    Subscriber* const reactor = subscriber.get();
    if (error != nullptr) {
      reactor->Close(host::ToGrpcStatus(*error));
      return reactor;
    }
    {
      const absl::MutexLock lock(&mutex_);
      subscribers_.push_back(std::move(subscriber));
      followed_ = true;
    }
    wakeup_.Notify();
    return reactor;
  }

  grpc::ServerUnaryReactor* ListShards(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* answer) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    v1::ListShardsRequest request;
    if (const auto error = host::ParseMessage(*bytes, request)) {
      reactor->Finish(host::ToGrpcStatus(*error));
      return reactor;
    }
    const auto caller = host::ReadCaller(context->client_metadata());
    if (const auto* error = std::get_if<host::ErrorReply>(&caller)) {
      reactor->Finish(host::ToGrpcStatus(*error));
      return reactor;
    }
    v1::ListShardsResponse response;
    for (std::uint32_t shard = 0; shard < store_.shard_count(); ++shard) {
      v1::ShardHead* head = response.add_shards();
      head->set_shard(shard);
      head->set_position(store_.DurableHead(Shard(shard)).value());
    }
    *answer = host::SerializeMessage(response);
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  absl::StatusOr<StepResult> Step() override {
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    {
      const absl::MutexLock lock(&mutex_);
      std::erase_if(subscribers_, [](const auto& subscriber) { return subscriber->finished(); });
      followed_ = !subscribers_.empty();
      subscribers = subscribers_;
    }
    StepResult result = StepResult::kIdle;
    for (const auto& subscriber : subscribers) {
      auto fed = subscriber->Feed(store_);
      if (fed.ok()) {
        if (*fed == StepResult::kProgressed) result = StepResult::kProgressed;
        continue;
      }
      subscriber->Close(host::ToGrpcStatus(host::FromStatus(fed.status())));
      if (absl::IsInternal(fed.status())) return fed.status();
      // Damage in what this one reads, which commands do without.
      host::Log(host::LogLevel::kError, "subscription_ended",
                {{"code", absl::StatusCodeToString(fed.status().code())},
                 {"reason", std::string(fed.status().message())}});
    }
    return result;
  }

  void CloseAll() {
    const grpc::Status stopping = host::ToGrpcStatus(
        host::MakeError(error::v1::ERROR_CODE_SHUTTING_DOWN,
                        "Expected to follow the log, but the server is stopping."));
    const absl::MutexLock lock(&mutex_);
    for (const auto& subscriber : subscribers_) subscriber->Close(stopping);
    subscribers_.clear();
  }

  Wakeup& wakeup() { return wakeup_; }
  void LogHasGrown() {
    if (followed_) wakeup_.Notify();
  }

 private:
  std::variant<Wanted, host::ErrorReply> Check(const grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer& bytes) const {
    v1::SubscribeRequest request;
    if (auto error = host::ParseMessage(bytes, request)) return *std::move(error);
    auto caller = host::ReadCaller(context->client_metadata());
    if (auto* error = std::get_if<host::ErrorReply>(&caller)) return std::move(*error);
    if (auto error = host::CheckMayList(std::get<host::Caller>(caller), "follow the log")) {
      return *std::move(error);
    }
    const std::string shard = absl::StrCat(request.shard());
    if (request.shard() >= store_.shard_count()) {
      return host::MakeError(
          error::v1::ERROR_CODE_SHARD_UNKNOWN,
          absl::StrCat("Expected to follow shard ", shard, ", but the store has shards 0 to ",
                       store_.shard_count() - 1, "."),
          {{"shard", shard}, {"shard_count", absl::StrCat(store_.shard_count())}});
    }
    const Position head = store_.DurableHead(Shard(request.shard()));
    if (Position(request.after_position()) > head) {
      return host::MakeError(
          error::v1::ERROR_CODE_POSITION_UNKNOWN,
          absl::StrCat("Expected to follow shard ", shard, " after position ",
                       request.after_position(), ", but it ends at ", head.value(), "."),
          {{"shard", shard},
           {"after_position", absl::StrCat(request.after_position())},
           {"position", absl::StrCat(head.value())}});
    }
    for (const std::string& type : request.event_types()) {
      if (workflow_.HasEvent(type)) continue;
      return host::MakeError(
          error::v1::ERROR_CODE_EVENT_TYPE_UNKNOWN,
          absl::StrCat("Expected to filter by event type, but '", type, "' is not declared."),
          {{"event_type", type}});
    }
    return Wanted{.tenant = std::get<host::Caller>(caller).tenant,
                  .shard = Shard(request.shard()),
                  .after = Position(request.after_position()),
                  .types = {request.event_types().begin(), request.event_types().end()}};
  }

  eventstore::EventStore& store_;
  const core::Workflow& workflow_;
  Wakeup wakeup_;
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<Subscriber>> subscribers_ ABSL_GUARDED_BY(mutex_);
  // Whether there are subscribers; changed under mutex_, read without. Sequentially consistent, as
  // the store's heads are: who comes after the look at it finds the head that was grown before.
  std::atomic<bool> followed_ = false;
};

SubscriptionService::SubscriptionService(eventstore::EventStore& store,
                                         const core::Workflow& workflow)
    : impl_(std::make_unique<Impl>(store, workflow)) {}

SubscriptionService::~SubscriptionService() = default;

grpc::Service& SubscriptionService::service() { return *impl_; }
Worker& SubscriptionService::worker() { return *impl_; }
Wakeup& SubscriptionService::wakeup() { return impl_->wakeup(); }
void SubscriptionService::LogHasGrown() { impl_->LogHasGrown(); }
void SubscriptionService::CloseAll() { impl_->CloseAll(); }

}  // namespace apdr::command
