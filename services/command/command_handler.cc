#include "services/command/command_handler.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/core/decide.h"
#include "services/command/internal/batch.h"
#include "services/command/internal/case_cache.h"
#include "services/command/internal/context_maker.h"
#include "services/command/internal/decided.h"
#include "services/command/internal/past_states.h"
#include "services/command/internal/pending_requests.h"
#include "services/command/internal/state_loader.h"
#include "services/command/internal/waiting.h"

namespace apdr::command {
namespace {

// Cases whose repeats are answered without folding them anew: twice what one stream has in flight.
constexpr std::size_t kPastCasesMax = 2048;

// Commands for which the decider is woken though an append is on its way.
constexpr std::size_t kWorthWaking = 16;

// Commands that the decider makes ready together: enough to wait for memory once and not for each.
constexpr std::size_t kMadeReady = 8;

// What a batch may still take in.
struct Room {
  std::size_t commands = 0;
  std::size_t bytes = 0;

  [[nodiscard]] bool Holds(const Batch& batch) const {
    return batch.answers.size() < commands && batch.bytes < bytes;
  }
};

core::Rejection Reused(const Request& request) {
  const std::string fact = "the request_id was used before for another command";
  return {.kind = core::RejectionKind::kReused,
          .violations = {{"IDEMPOTENCY_MISMATCH", fact}},
          .message = absl::StrCat("Expected to run a command, but ", fact, "."),
          .metadata = {{"request_id", request.request_id.value()}}};
}

}  // namespace

class CommandHandler::Impl {
 public:
  Impl(const Parts& parts, const HandlerOptions& options)
      : parts_(parts),
        options_(options),
        loader_(parts.workflow, parts.store, parts.snapshots, options.snapshot_every),
        cache_(options.cached_cases_max),
        past_(loader_, kPastCasesMax),
        contexts_(parts_, loader_, pending_, cache_),
        builder_(parts.workflow, parts.ids),
        last_recorded_(options.recorded_not_before),
        decider_(*this, &Impl::DecideStep),
        committer_(*this, &Impl::CommitStep) {}

  ~Impl() {
    const absl::Status stopped = absl::UnavailableError(
        "Expected to run the command, but the server is stopping; nothing was done.");
    AnswerDurable();
    Batch none;
    Fail(stopped, none);
    TellTaken(Failure());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Submit(Request request, Callback done) {
    auto waiting = std::make_unique<Waiting>();
    waiting->request = std::move(request);
    waiting->done = std::move(done);
    if (!cache_.Contains(waiting->request.stream)) {
      // Off the writer's path. A failure shows again, and is answered, when the decider loads.
      if (auto loaded = loader_.Load(waiting->request.stream); loaded.ok())
        waiting->loaded = *std::move(loaded);
    }
    const std::size_t bytes = waiting->request.bytes;
    absl::Status refusal;
    bool wake = true;
    {
      const absl::MutexLock lock(&mutex_);
      if (!failure_.ok()) {
        refusal = failure_;
      } else if (queue_.size() >= options_.queue_max ||
                 queue_bytes_ + bytes > options_.queue_bytes_max) {
        refusal = absl::ResourceExhaustedError(
            "Expected to queue the command, but too many are waiting.");
      } else {
        queue_bytes_ += bytes;
        queue_.push_back(std::move(waiting));
        wake = !appending_ || queue_.size() >= kWorthWaking;
      }
    }
    if (refusal.ok()) {
      if (wake) decider_wakeup_.Notify();
      return;
    }
    waiting->done(std::move(refusal));
  }

  absl::StatusOr<StepResult> DecideStep();
  absl::StatusOr<StepResult> CommitStep();

  // A worker that is one of Impl's two steps.
  class StepWorker final : public Worker {
   public:
    using Method = absl::StatusOr<StepResult> (Impl::*)();
    StepWorker(Impl& impl, Method method) : impl_(impl), method_(method) {}
    absl::StatusOr<StepResult> Step() override { return (impl_.*method_)(); }

   private:
    Impl& impl_;
    const Method method_;
  };

  StepWorker& decider() { return decider_; }
  StepWorker& committer() { return committer_; }
  Wakeup& decider_wakeup() { return decider_wakeup_; }
  Wakeup& committer_wakeup() { return committer_wakeup_; }

 private:
  [[nodiscard]] absl::Status Failure();
  void TellTaken(const absl::Status& failure);
  bool AnswerDurable();
  [[nodiscard]] Room RoomInOpenBatch();
  [[nodiscard]] std::vector<WaitingPtr> TakeWaiting(std::size_t limit);
  void MakeReady(std::span<const WaitingPtr> next);
  void Decide(WaitingPtr waiting, Batch& batch);
  [[nodiscard]] absl::StatusOr<std::optional<Outcome>> FindRepeated(const Request& request);
  [[nodiscard]] absl::StatusOr<CachedCase*> FindCase(Waiting& waiting);
  [[nodiscard]] Outcome Preview(const Request& request, const core::State& state,
                                const std::vector<core::Event>& events,
                                const core::Context& context);
  void Accept(WaitingPtr waiting, CachedCase& cached, const std::vector<core::Event>& events,
              Gathered gathered, Batch& batch);
  void HandOver(Batch batch);
  void Fail(const absl::Status& status, Batch& batch);

  const Parts parts_;
  const HandlerOptions options_;
  const StateLoader loader_;

  // Any thread.
  absl::Mutex mutex_;
  std::deque<WaitingPtr> queue_ ABSL_GUARDED_BY(mutex_);
  std::size_t queue_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // What is decided and not yet under way; grows until the committer takes it.
  Batch open_ ABSL_GUARDED_BY(mutex_);
  // Appended and to be answered by the decider, so that the next append need not wait for that.
  std::vector<DurableBatch> durable_ ABSL_GUARDED_BY(mutex_);
  // While an append is on its way nobody waits for a decision: the decider is woken by its end.
  bool appending_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> durable_batch_ = 0;

  // The decider's thread.
  CaseCache cache_;
  PastStates past_;
  PendingRequests pending_;
  ContextMaker contexts_;
  CommitBuilder builder_;
  std::vector<WaitingPtr> taken_;  // From the queue, beyond the last batch's limit.
  // Repeats of requests that are not yet durable, each with the batch it waits for.
  std::deque<std::pair<std::uint64_t, WaitingPtr>> deferred_;
  std::uint64_t last_batch_ = 0;
  absl::Time last_recorded_;  // Of any event; never goes back.

  StepWorker decider_;
  StepWorker committer_;
  Wakeup decider_wakeup_;
  Wakeup committer_wakeup_;
};

Room CommandHandler::Impl::RoomInOpenBatch() {
  const absl::MutexLock lock(&mutex_);
  return {.commands = options_.batch_commands_max -
                      std::min(options_.batch_commands_max, open_.answers.size()),
          .bytes = options_.batch_bytes_max - std::min(options_.batch_bytes_max, open_.bytes)};
}

// At most so many; the rest stays in the queue and counts against its limits. First come the
// repeats whose first is durable by now, then what the last batch had no room for.
std::vector<WaitingPtr> CommandHandler::Impl::TakeWaiting(std::size_t limit) {
  std::vector<WaitingPtr> all;
  const std::uint64_t durable = durable_batch_.load(std::memory_order_acquire);
  while (!deferred_.empty() && deferred_.front().first <= durable) {
    all.push_back(std::move(deferred_.front().second));
    deferred_.pop_front();
  }
  std::ranges::move(taken_, std::back_inserter(all));
  taken_.clear();
  const absl::MutexLock lock(&mutex_);
  while (!queue_.empty() && all.size() < limit) {
    queue_bytes_ -= queue_.front()->request.bytes;
    all.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return all;
}

// Has the first of them and their cases fetched, and asks for their request ids: after the step's
// only ForgetUntil, so what was not yet durable then is still pending.
void CommandHandler::Impl::MakeReady(std::span<const WaitingPtr> next) {
  next = next.first(std::min(kMadeReady, next.size()));
  PrefetchRequests(next);
  absl::InlinedVector<const StreamId*, kMadeReady> streams;
  absl::InlinedVector<eventstore::RequestName, kMadeReady> names;
  for (const WaitingPtr& waiting : next) {
    const Request& request = waiting->request;
    streams.push_back(&request.stream);
    names.push_back({.tenant = request.stream.tenant, .id = request.request_id});
  }
  cache_.Prefetch(streams);
  const auto taken = parts_.store.AreTaken(names);
  for (std::size_t i = 0; i < next.size(); ++i) {
    // A failure shows again, and is answered, when the decider asks for one of them.
    next[i]->is_new = taken.ok() && !(*taken)[i];
  }
}

absl::Status CommandHandler::Impl::Failure() {
  const absl::MutexLock lock(&mutex_);
  return failure_;
}

// Answers what the decider holds; what is queued or handed over is answered by Fail.
void CommandHandler::Impl::TellTaken(const absl::Status& failure) {
  for (const WaitingPtr& waiting : taken_) waiting->done(failure);
  taken_.clear();
  for (auto& [batch, waiting] : deferred_) waiting->done(failure);
  deferred_.clear();
}

absl::StatusOr<StepResult> CommandHandler::Impl::DecideStep() {
  const bool answered = AnswerDurable();
  if (absl::Status failure = Failure(); !failure.ok()) {
    TellTaken(failure);
    return failure;
  }
  const StepResult nothing = answered ? StepResult::kProgressed : StepResult::kIdle;
  const Room room = RoomInOpenBatch();
  Batch batch{.number = last_batch_ + 1, .commits = {}, .answers = {}, .bytes = 0};
  if (!room.Holds(batch)) return nothing;  // The committer wakes us when it takes it.
  std::vector<WaitingPtr> waiting = TakeWaiting(room.commands);
  if (waiting.empty()) return nothing;
  batch.answers.reserve(waiting.size());
  batch.commits.reserve(waiting.size());
  pending_.ForgetUntil(durable_batch_.load(std::memory_order_acquire));
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (i % kMadeReady == 0) {
      AnswerDurable();
      if (room.Holds(batch)) MakeReady(std::span(waiting).subspan(i));
    }
    if (room.Holds(batch)) {
      Decide(std::move(waiting[i]), batch);
    } else {
      taken_.push_back(std::move(waiting[i]));
    }
  }
  cache_.Evict(durable_batch_.load(std::memory_order_acquire));
  if (batch.answers.empty()) return nothing;  // All of it deferred: woken when durable.
  HandOver(std::move(batch));
  return StepResult::kProgressed;
}

void CommandHandler::Impl::HandOver(Batch batch) {
  last_batch_ = batch.number;
  absl::Status failure;
  {
    const absl::MutexLock lock(&mutex_);
    failure = failure_;
    if (failure.ok()) open_.Join(std::move(batch));
  }
  if (failure.ok()) return committer_wakeup_.Notify();
  // The append failed while this was being decided.
  for (Answer& answer : batch.answers) answer.done(failure);
}

void CommandHandler::Impl::Decide(WaitingPtr waiting, Batch& batch) {
  const Request& request = waiting->request;
  const auto answer = [&](Outcome outcome) {
    batch.answers.push_back({std::move(waiting->done), std::move(outcome), std::nullopt});
  };
  if (request.abandoned && request.abandoned()) {
    return answer(absl::CancelledError(
        "Expected to run the command, but its caller has gone; nothing was done."));
  }
  if (!request.preview) {
    if (const auto* pending = pending_.Find(request.stream.tenant, request.request_id)) {
      if (pending->digest != request.digest) return answer(Reused(request));
      waiting->is_new = false;  // Not for long.
      deferred_.emplace_back(pending->batch, std::move(waiting));
      return;
    }
  }
  if (!request.preview && !waiting->is_new) {
    auto repeated = FindRepeated(request);
    if (!repeated.ok()) return answer(repeated.status());
    if (repeated->has_value()) {
      // The case was read for nothing; kept, it is not read again for the next repeat of it. A
      // failure is for whoever needs the case.
      if (waiting->loaded) static_cast<void>(FindCase(*waiting));
      return answer(**std::move(repeated));
    }
  }
  const absl::StatusOr<CachedCase*> found = FindCase(*waiting);
  if (!found.ok()) return answer(found.status());
  absl::StatusOr<Gathered> gathered = contexts_.Make(request, (*found)->state);
  if (!gathered.ok()) return answer(gathered.status());
  const core::Context& context = gathered->context;
  CachedCase& cached = **found;
  const core::State& state = cached.state;
  std::vector<core::Event> events;
  if (request.command.payload == nullptr) {
    events = core::DecideDeadline(parts_.workflow, state, request.deadline_key, context);
  } else {
    core::Decision decision = core::Decide(parts_.workflow, state, request.command, context);
    if (auto* rejection = std::get_if<core::Rejection>(&decision))
      return answer(std::move(*rejection));
    events = std::get<std::vector<core::Event>>(std::move(decision));
  }
  if (request.preview) return answer(Preview(request, state, events, context));
  Accept(std::move(waiting), cached, events, *std::move(gathered), batch);
}

// The first answer of a request that is already in the log, or nothing.
absl::StatusOr<std::optional<Outcome>> CommandHandler::Impl::FindRepeated(const Request& request) {
  APDR_ASSIGN_OR_RETURN(auto stored,
                        parts_.store.FindRequest(request.stream.tenant, request.request_id));
  if (!stored) return std::nullopt;
  if (stored->commit.request_digest != request.digest) return Outcome(Reused(request));
  APDR_ASSIGN_OR_RETURN(const core::State* state,
                        past_.At(stored->commit.stream, stored->last_version()));
  const Date today = DateOf(stored->commit.recorded_at, parts_.workflow.definition().zone);
  APDR_ASSIGN_OR_RETURN(Accepted accepted, AnswerAgain(*std::move(stored)));
  DescribeState(parts_.workflow, *state, today, /*preview=*/false, accepted);
  return Outcome(std::move(accepted));
}

absl::StatusOr<CachedCase*> CommandHandler::Impl::FindCase(Waiting& waiting) {
  const StreamId& stream = waiting.request.stream;
  if (CachedCase* cached = cache_.Find(stream)) return cached;
  core::State state;
  if (waiting.loaded) {
    state = *std::move(waiting.loaded);
    // Not in memory, so nothing of it is in flight: what the store has after the early read is all
    // there is.
    APDR_RETURN_IF_ERROR(loader_.CatchUp(stream, state).status());
  } else {
    APDR_ASSIGN_OR_RETURN(state, loader_.Load(stream));
  }
  return &cache_.Insert(stream, std::move(state));
}

Outcome CommandHandler::Impl::Preview(const Request& request, const core::State& state,
                                      const std::vector<core::Event>& events,
                                      const core::Context& context) {
  core::State copy = state.Clone();
  Decided decided = builder_.Build(copy, Request(request), events, context.now);
  decided.accepted.case_id = request.stream.case_id;
  decided.accepted.events = std::move(decided.commit.events);
  DescribeState(parts_.workflow, copy, context.today, /*preview=*/true, decided.accepted);
  return std::move(decided.accepted);
}

void CommandHandler::Impl::Accept(WaitingPtr waiting, CachedCase& cached,
                                  const std::vector<core::Event>& events, Gathered gathered,
                                  Batch& batch) {
  Request& request = waiting->request;
  const core::Context& context = gathered.context;
  core::State& state = cached.state;
  if (events.empty()) {
    Accepted unchanged;
    unchanged.case_id = request.stream.case_id;
    DescribeState(parts_.workflow, state, context.today, /*preview=*/false, unchanged);
    batch.answers.push_back({std::move(waiting->done), std::move(unchanged), std::nullopt});
    return;
  }
  last_recorded_ = std::max(last_recorded_, context.now);
  Decided decided = builder_.Build(state, std::move(request), events, last_recorded_);
  const eventstore::Commit& commit = decided.commit;
  // By the day that is recorded, so that a repeat, which knows no other, gives the same answer.
  const Date recorded_on = DateOf(last_recorded_, parts_.workflow.definition().zone);
  DescribeState(parts_.workflow, state, recorded_on, /*preview=*/false, decided.accepted);
  cached.last_batch = batch.number;
  decided.commit.claims = std::move(gathered.claims);
  const PendingRequests::Pending pending{
      .batch = batch.number, .digest = commit.request_digest, .case_id = commit.stream.case_id};
  pending_.Add(commit.stream.tenant, commit.request_id, pending);
  for (const RequestId& claim : commit.claims) {
    pending_.Add(commit.stream.tenant, claim, pending);
  }
  for (const std::string& bytes : commit.events) batch.bytes += bytes.size();
  const std::size_t index = batch.commits.size();
  batch.commits.push_back(std::move(decided.commit));
  batch.answers.push_back({std::move(waiting->done), std::move(decided.accepted), index});
}

// Answers what has become durable since; false: nothing has.
bool CommandHandler::Impl::AnswerDurable() {
  std::vector<DurableBatch> durable;
  {
    const absl::MutexLock lock(&mutex_);
    durable.swap(durable_);
  }
  for (DurableBatch& done : durable) AnswerAll(std::move(done));
  return !durable.empty();
}

absl::StatusOr<StepResult> CommandHandler::Impl::CommitStep() {
  Batch batch;
  {
    const absl::MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    if (open_.answers.empty()) return StepResult::kIdle;
    batch = std::exchange(open_, Batch());
    appending_ = true;
  }
  decider_wakeup_.Notify();
  std::vector<eventstore::CommitPlace> places;
  if (!batch.commits.empty()) {
    auto appended = parts_.store.Append(batch.commits);
    if (!appended.ok()) {
      Fail(appended.status(), batch);
      return appended.status();
    }
    places = *std::move(appended);
  }
  durable_batch_.store(batch.number, std::memory_order_release);
  {
    const absl::MutexLock lock(&mutex_);
    appending_ = false;
    durable_.push_back({.batch = std::move(batch), .places = std::move(places)});
  }
  decider_wakeup_.Notify();
  return StepResult::kProgressed;
}

// After a failed append the memory is ahead of the disk: nothing more is decided, everyone is told.
void CommandHandler::Impl::Fail(const absl::Status& status, Batch& batch) {
  std::deque<WaitingPtr> waiting;
  Batch open;
  {
    const absl::MutexLock lock(&mutex_);
    if (failure_.ok()) failure_ = status;
    waiting.swap(queue_);
    std::swap(open, open_);
  }
  for (Answer& answer : batch.answers) answer.done(status);
  for (Answer& answer : open.answers) answer.done(status);
  for (const WaitingPtr& later : waiting) later->done(status);
}

CommandHandler::CommandHandler(const Parts& parts, const HandlerOptions& options)
    : impl_(std::make_unique<Impl>(parts, options)) {}

CommandHandler::~CommandHandler() = default;

void CommandHandler::Submit(Request request, Callback done) {
  impl_->Submit(std::move(request), std::move(done));
}

Worker& CommandHandler::decider() { return impl_->decider(); }
Worker& CommandHandler::committer() { return impl_->committer(); }
Wakeup& CommandHandler::decider_wakeup() { return impl_->decider_wakeup(); }
Wakeup& CommandHandler::committer_wakeup() { return impl_->committer_wakeup(); }

}  // namespace apdr::command
