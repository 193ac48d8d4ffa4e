#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/clock.h"
#include "engine/base/wakeup.h"
#include "engine/base/worker.h"
#include "engine/core/workflow.h"
#include "eventstore/event_store.h"
#include "services/readmodel/read_model.h"
#include "services/subscription/log_reader.h"
#include "services/subscription/member_stream.h"
#include "services/subscription/operations.h"
#include "services/subscription/place_index.h"
#include "services/subscription/registry.h"

namespace apdr::subscription {

// Of the events of one message to a member; with one more event it stays below the 4 MiB that
// gRPC's clients take unless told otherwise.
inline constexpr std::size_t kDeliveriesBytesMax = 1U << 20;
static_assert(kDeliveriesBytesMax + eventstore::kEventBytesMax < (4U << 20) - (1U << 16));
// Refusals that wait until the member reads; beyond it the call is closed.
inline constexpr std::size_t kRefusalsMax = 1000;
// Unary calls that wait for the next step, each of 1 MiB at most.
inline constexpr std::size_t kCallsMax = 64;
// A call of Consume that has not joined by then is closed.
inline constexpr absl::Duration kJoinWithin = absl::Seconds(10);

// Hands the events of subscriptions to their members. One step: take what members and callers sent,
// read on, store what changed in one write, and only then answer and send.
class Dispatcher final : public Worker {
 public:
  // All borrowed but the function. The model holds nothing but subscriptions.
  struct Parts {
    eventstore::EventStore& store;
    readmodel::ReadModel& model;
    const core::Workflow& workflow;
    const Clock& clock;
    codec::PlaceFinder find_place;
  };
  // Called after the write of the step, in the worker's thread; with an error if nothing counts.
  using Completion = absl::AnyInvocable<void(const absl::Status& stored)>;
  using Call = absl::AnyInvocable<Completion(Operations& operations)>;

  // Errors as SubscriptionRegistry::Open.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Dispatcher>> Open(Parts parts);

  // Thread-safe. Takes part in the call until it has ended. Owned by the caller's side and by the
  // dispatcher, whichever lets go last.
  void Add(const std::shared_ptr<MemberStream>& stream);
  // Thread-safe. Runs the call in the next step. False: too many wait already, so it will not.
  [[nodiscard]] bool Post(Call call);

  // kInternal: the store or the model could not be asked, or not written. Bytes that do not read
  // back stop their shard and are told in its status; they end the call of a member only when none
  // of its shards goes on (STORE_DAMAGED) and it has done all else that there is.
  [[nodiscard]] absl::StatusOr<StepResult> Step() override;

  // Thread-safe. What the worker's loop waits for.
  [[nodiscard]] Wakeup& wakeup() { return wakeup_; }
  // Thread-safe. To be called when the log has grown; wakes the worker if a call takes part.
  void LogHasGrown() {
    if (followed_) wakeup_.Notify();
  }
  // Thread-safe. Ends every call of Consume (SHUTTING_DOWN), those to come too, so that the server
  // can stop. What was posted is still done.
  void CloseAll();

 private:
  // A call of Consume; a member once it has joined.
  struct Session {
    std::shared_ptr<MemberStream> stream;
    absl::Duration since;          // When it came.
    SubscriptionPtr subscription;  // Null: not joined.
    std::string member_id;
    bool closed = false;
    bool assignment_due = false;
    bool caught_up_sent = false;
    std::deque<v1::Refusal> refusals;
    std::uint32_t turn = 0;  // The shard to ask first, so that a busy one does not starve others.
  };

  explicit Dispatcher(Parts parts);

  bool TakeStreams();
  bool RunCalls(std::vector<Completion>& completions);
  // What one member sent. True: something.
  bool Hear(Session& session);
  void Handle(Session& session, const v1::ConsumeRequest& request);
  void Join(Session& session, const v1::JoinSubscription& join);
  void Acknowledge(Session& session, const v1::AcknowledgeDeliveries& acknowledge);
  void Nack(Session& session, const v1::NackDelivery& nack);
  // To be told to the member; closes the call of one that lets too many of them wait.
  void Refuse(Session& session, v1::Refusal refusal);
  // Closes the call and gives back what the member has.
  void Close(Session& session, const host::ErrorReply& error);
  void Leave(Session& session);
  void CloseDeleted();
  void CloseOverdue();
  void CloseUnjoined();

  absl::StatusOr<bool> ReadOn();
  absl::StatusOr<bool> ReadFor(LiveSubscription& subscription);
  absl::StatusOr<bool> ReadShardFor(LiveSubscription& subscription, Shard shard);
  absl::Status Store();
  void NoteReassigned();
  // What the member is to hear next. True: something was sent.
  bool Send(Session& session);
  bool SendDeliveries(Session& session);
  bool SendCaughtUp(Session& session);
  // Closes the call of a member that has shards, all of them damaged, and is done with the rest.
  bool CloseDamaged(Session& session);
  [[nodiscard]] bool IsCaughtUp(const Session& session) const;
  [[nodiscard]] Session* FindMember(const LiveSubscription& subscription,
                                    const std::string& member_id);

  const Parts parts_;
  PlaceIndex places_;
  LogReader reader_;
  std::unique_ptr<SubscriptionRegistry> registry_;
  std::unique_ptr<Operations> operations_;
  std::deque<Session> sessions_;
  Wakeup wakeup_;
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<MemberStream>> streams_ ABSL_GUARDED_BY(mutex_);  // All.
  std::vector<std::shared_ptr<MemberStream>> added_ ABSL_GUARDED_BY(mutex_);    // Not yet taken.
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  // Whether there are streams; changed under mutex_, read without. Sequentially consistent, as the
  // store's heads are: who comes after the look at it finds the head that was grown before.
  std::atomic<bool> followed_ = false;
};

}  // namespace apdr::subscription
