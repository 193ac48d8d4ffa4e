#include "services/subscription/dispatcher.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "engine/base/code.h"
#include "engine/base/status_macros.h"
#include "services/host/log.h"
#include "services/query/access.h"
#include "services/subscription/request_check.h"

namespace apdr::subscription {
namespace {

void LogMember(std::string_view event, const SubscriptionId& id, const std::string& member_id) {
  host::Log(host::LogLevel::kInfo, event,
            {{"tenant", id.tenant.value()}, {"subscription", id.name}, {"member", member_id}});
}

void LogParked(const SubscriptionId& id, const v1::NackDelivery& nack) {
  host::Log(host::LogLevel::kWarning, "event_parked",
            {{"tenant", id.tenant.value()},
             {"subscription", id.name},
             {"shard", absl::StrCat(nack.shard())},
             {"cause", nack.cause()}});
}

void LogDamaged(const SubscriptionId& id, Shard shard, const absl::Status& damage) {
  host::Log(host::LogLevel::kError, "subscription_damaged",
            {{"tenant", id.tenant.value()},
             {"subscription", id.name},
             {"shard", absl::StrCat(shard.value())},
             {"reason", std::string(damage.message())}});
}

host::ErrorReply Stopping() {
  return host::MakeError(error::v1::ERROR_CODE_SHUTTING_DOWN,
                         "Expected to take part in a subscription, but the server is stopping.");
}

std::optional<host::ErrorReply> CheckNack(const v1::NackDelivery& nack) {
  if (nack.action() == v1::NACK_ACTION_UNSPECIFIED) return RequiredField("nack.action");
  if (!v1::NackAction_IsValid(nack.action())) return UnknownEnum("nack.action", nack.action());
  if (nack.cause().empty() || IsCode(nack.cause())) return std::nullopt;
  return query::InvalidField("nack.cause",
                             "must be a code such as HTTP_503: up to 64 of A-Z a-z "
                             "0-9 . _ : - and no text about people");
}

host::ErrorReply NotDelivered() {
  return query::InvalidField("delivery_tag", "names no delivery of this shard and generation");
}

// An answer to something that changed nothing.
template <class Message>
v1::Refusal RefusalOf(const Message& message, error::v1::ErrorCode code, std::string text) {
  v1::Refusal refusal;
  refusal.set_shard(message.shard());
  refusal.set_generation(message.generation());
  refusal.set_delivery_tag(message.delivery_tag());
  refusal.set_reason(std::string(host::ReasonOf(code)));
  refusal.set_message(std::move(text));
  return refusal;
}

template <class Message>
v1::Refusal RefuseStale(const Message& message) {
  return RefusalOf(
      message, error::v1::ERROR_CODE_ASSIGNMENT_STALE,
      absl::StrCat("Expected shard ", message.shard(), " to be this member's in generation ",
                   message.generation(), ", but it no longer is."));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Dispatcher>> Dispatcher::Open(Parts parts) {
  std::unique_ptr<Dispatcher> dispatcher(new Dispatcher(std::move(parts)));
  APDR_ASSIGN_OR_RETURN(
      dispatcher->registry_,
      SubscriptionRegistry::Open(dispatcher->parts_.store, dispatcher->parts_.model));
  dispatcher->operations_ = std::make_unique<Operations>(
      *dispatcher->registry_, dispatcher->parts_.workflow, dispatcher->parts_.clock);
  APDR_RETURN_IF_ERROR(dispatcher->places_.Load());
  return dispatcher;
}

Dispatcher::Dispatcher(Parts parts)
    : parts_(std::move(parts)),
      places_(parts_.store, parts_.model, parts_.find_place),
      reader_(parts_.store, places_) {}

void Dispatcher::Add(const std::shared_ptr<MemberStream>& stream) {
  bool closing = false;
  {
    const absl::MutexLock lock(&mutex_);
    closing = closing_;
    if (!closing) {
      streams_.push_back(stream);
      added_.push_back(stream);
      followed_ = true;
    }
  }
  if (closing) stream->Close(Stopping());
  wakeup_.Notify();
}

bool Dispatcher::Post(Call call) {
  {
    const absl::MutexLock lock(&mutex_);
    if (calls_.size() >= kCallsMax) return false;
    calls_.push_back(std::move(call));
  }
  wakeup_.Notify();
  return true;
}

void Dispatcher::CloseAll() {
  std::vector<std::shared_ptr<MemberStream>> streams;
  {
    const absl::MutexLock lock(&mutex_);
    closing_ = true;
    streams = std::exchange(streams_, {});
  }
  for (const auto& stream : streams) stream->Close(Stopping());
}

absl::StatusOr<StepResult> Dispatcher::Step() {
  bool progressed = TakeStreams();
  for (Session& session : sessions_) progressed = Hear(session) || progressed;
  std::vector<Completion> completions;
  progressed = RunCalls(completions) || progressed;
  CloseDeleted();
  CloseOverdue();
  CloseUnjoined();
  auto read = ReadOn();
  const absl::Status stored = read.ok() ? Store() : read.status();
  for (Completion& completion : completions) completion(stored);
  APDR_RETURN_IF_ERROR(stored);
  progressed = *read || progressed;
  NoteReassigned();
  for (Session& session : sessions_) progressed = Send(session) || progressed;
  std::erase_if(sessions_, [](const Session& session) { return session.closed; });
  return progressed ? StepResult::kProgressed : StepResult::kIdle;
}

bool Dispatcher::TakeStreams() {
  std::vector<std::shared_ptr<MemberStream>> added;
  {
    const absl::MutexLock lock(&mutex_);
    added = std::exchange(added_, {});
    std::erase_if(streams_, [](const auto& stream) { return stream->Ended(); });
    followed_ = !streams_.empty();
  }
  for (auto& stream : added) {
    sessions_.emplace_back();
    sessions_.back().stream = std::move(stream);
    sessions_.back().since = parts_.clock.Monotonic();
  }
  return !added.empty();
}

bool Dispatcher::RunCalls(std::vector<Completion>& completions) {
  std::vector<Call> calls;
  {
    const absl::MutexLock lock(&mutex_);
    calls = std::exchange(calls_, {});
  }
  for (Call& call : calls) completions.push_back(call(*operations_));
  return !calls.empty();
}

bool Dispatcher::Hear(Session& session) {
  if (session.closed) return false;  // In this step, by another session.
  const bool ended = session.stream->Ended();
  // What was acknowledged before the end still counts.
  const std::vector<v1::ConsumeRequest> requests = session.stream->Take();
  for (const v1::ConsumeRequest& request : requests) {
    if (!session.closed) Handle(session, request);
  }
  if (ended) Leave(session);
  return ended || !requests.empty();
}

void Dispatcher::Handle(Session& session, const v1::ConsumeRequest& request) {
  const bool joins = request.message_case() == v1::ConsumeRequest::kJoin;
  if (joins != (session.subscription == nullptr)) {
    return Close(session, joins ? query::InvalidField("join", "must be sent only once")
                                : RequiredField("join"));
  }
  switch (request.message_case()) {
    case v1::ConsumeRequest::kJoin:
      return Join(session, request.join());
    case v1::ConsumeRequest::kAcknowledge:
      return Acknowledge(session, request.acknowledge());
    case v1::ConsumeRequest::kNack:
      return Nack(session, request.nack());
    case v1::ConsumeRequest::MESSAGE_NOT_SET:
      return Close(session, RequiredField("message"));
  }
}

void Dispatcher::Join(Session& session, const v1::JoinSubscription& join) {
  const host::Caller& caller = session.stream->caller();
  if (auto error = query::CheckMayList(caller, "use subscriptions")) return Close(session, *error);
  if (auto error = CheckName(join.subscription())) return Close(session, *error);
  if (!IsCode(join.member_id())) {
    return Close(session,
                 query::InvalidField("join.member_id", "must be 1 to 64 of A-Z a-z 0-9 . _ : -"));
  }
  const SubscriptionPtr found = registry_->Find({caller.tenant, join.subscription()});
  if (found == nullptr) return Close(session, UnknownSubscription(join.subscription()));
  if (Session* older = FindMember(*found, join.member_id())) {
    Close(*older, host::MakeError(error::v1::ERROR_CODE_MEMBER_REPLACED,
                                  absl::StrCat("Expected to be member '", join.member_id(),
                                               "', but a newer call joined under this id."),
                                  {{"member_id", join.member_id()}}));
  }
  if (found->group.members().size() >= kMembersMax) {
    return Close(session,
                 host::MakeError(error::v1::ERROR_CODE_SUBSCRIPTION_LIMIT,
                                 absl::StrCat("Expected to join subscription '", found->id.name,
                                              "', but it has ", kMembersMax,
                                              " members already, which is the limit."),
                                 {{"limit", absl::StrCat(kMembersMax)}}));
  }
  session.subscription = found;
  session.member_id = join.member_id();
  found->group.Join(join.member_id());
  LogMember("member_joined", found->id, join.member_id());
}

void Dispatcher::Acknowledge(Session& session, const v1::AcknowledgeDeliveries& acknowledge) {
  ConsumerGroup& group = session.subscription->group;
  const Shard shard(acknowledge.shard());
  if (!group.Has(session.member_id, shard, acknowledge.generation())) {
    return Refuse(session, RefuseStale(acknowledge));
  }
  if (!group.ledger(shard).Acknowledge(acknowledge.delivery_tag())) Close(session, NotDelivered());
}

void Dispatcher::Nack(Session& session, const v1::NackDelivery& nack) {
  if (auto error = CheckNack(nack)) return Close(session, *error);
  ConsumerGroup& group = session.subscription->group;
  const Shard shard(nack.shard());
  if (!group.Has(session.member_id, shard, nack.generation())) {
    return Refuse(session, RefuseStale(nack));
  }
  const ShardLedger::Failure failure{
      .action = nack.action(), .cause = nack.cause(), .member_id = session.member_id};
  switch (group.ledger(shard).Nack(nack.delivery_tag(), failure, parts_.clock.Now())) {
    case ShardLedger::NackResult::kRetrying:
      return;
    case ShardLedger::NackResult::kParked:
      return LogParked(session.subscription->id, nack);
    case ShardLedger::NackResult::kUnknown:
      return Close(session, NotDelivered());
    case ShardLedger::NackResult::kSettled:
      Refuse(session, RefusalOf(nack, error::v1::ERROR_CODE_DELIVERY_SETTLED,
                                "Expected to nack a delivery, but it was acknowledged or nacked "
                                "before."));
  }
}

void Dispatcher::Refuse(Session& session, v1::Refusal refusal) {
  session.refusals.push_back(std::move(refusal));
  if (session.refusals.size() <= kRefusalsMax) return;
  Close(session, host::MakeError(error::v1::ERROR_CODE_OVERLOADED,
                                 "Expected the member to read what was refused, but it sent more "
                                 "and more of it."));
}

void Dispatcher::Close(Session& session, const host::ErrorReply& error) {
  session.stream->Close(error);
  Leave(session);
}

void Dispatcher::Leave(Session& session) {
  if (session.closed) return;
  session.closed = true;
  if (session.subscription == nullptr) return;
  session.subscription->group.Leave(session.member_id);
  LogMember("member_left", session.subscription->id, session.member_id);
}

void Dispatcher::CloseDeleted() {
  for (Session& session : sessions_) {
    if (session.closed || session.subscription == nullptr) continue;
    if (!session.subscription->deleted) continue;
    Close(session, UnknownSubscription(session.subscription->id.name));
  }
}

void Dispatcher::CloseOverdue() {
  const absl::Duration now = parts_.clock.Monotonic();
  for (const auto& [id, subscription] : registry_->all()) {
    for (const std::string& member : subscription->group.Overdue(now - subscription->ack_timeout)) {
      Session* session = FindMember(*subscription, member);
      if (session == nullptr) continue;
      const std::string seconds = absl::StrCat(absl::ToInt64Seconds(subscription->ack_timeout));
      Close(*session,
            host::MakeError(error::v1::ERROR_CODE_ACK_OVERDUE,
                            absl::StrCat("Expected every delivery to be acknowledged within ",
                                         seconds, " seconds, but one was not."),
                            {{"ack_timeout_seconds", seconds}}));
    }
  }
}

void Dispatcher::CloseUnjoined() {
  const absl::Duration deadline = parts_.clock.Monotonic() - kJoinWithin;
  for (Session& session : sessions_) {
    if (session.closed || session.subscription != nullptr || session.since > deadline) continue;
    Close(session, RequiredField("join"));
  }
}

absl::StatusOr<bool> Dispatcher::ReadOn() {
  bool progressed = false;
  const bool need_places = std::ranges::any_of(registry_->all(), [](const auto& entry) {
    return entry.second->selection.filter.needs_place();
  });
  if (need_places) {
    APDR_ASSIGN_OR_RETURN(const StepResult folded, places_.Step());
    progressed = folded == StepResult::kProgressed;
  }
  for (const auto& [id, subscription] : registry_->all()) {
    subscription->group.Rebalance();
    if (subscription->group.members().empty()) continue;
    APDR_ASSIGN_OR_RETURN(const bool read, ReadFor(*subscription));
    progressed = progressed || read;
  }
  return progressed;
}

absl::StatusOr<bool> Dispatcher::ReadFor(LiveSubscription& subscription) {
  bool progressed = false;
  for (std::uint32_t i = 0; i < subscription.group.shard_count(); ++i) {
    APDR_ASSIGN_OR_RETURN(const bool read, ReadShardFor(subscription, Shard(i)));
    progressed = read || progressed;
  }
  return progressed;
}

absl::StatusOr<bool> Dispatcher::ReadShardFor(LiveSubscription& subscription, Shard shard) {
  ShardLedger& ledger = subscription.group.ledger(shard);
  ledger.BeginRetries(parts_.clock.Now());
  APDR_ASSIGN_OR_RETURN(
      const LogReader::Outcome read,
      reader_.ReadOn(subscription.selection, shard, subscription.pages[shard], ledger));
  APDR_ASSIGN_OR_RETURN(const LogReader::Outcome found,
                        reader_.LookUp(subscription.selection, shard, ledger));
  if (read.progressed) subscription.damage.erase(shard);
  if (!read.damage.ok()) subscription.damage[shard] = read.damage;
  for (const absl::Status& damage : {read.damage, found.damage}) {
    if (damage.ok() || !subscription.damage_logged.insert(shard).second) continue;
    LogDamaged(subscription.id, shard, damage);
  }
  return read.progressed || found.progressed;
}

absl::Status Dispatcher::Store() {
  const readmodel::Write write = registry_->TakeWrite();
  if (write.puts.empty() && write.deletes.empty()) return absl::OkStatus();
  return parts_.model.Apply(write);
}

void Dispatcher::NoteReassigned() {
  for (const auto& [id, subscription] : registry_->all()) {
    for (const std::string& member : subscription->group.TakeReassigned()) {
      Session* session = FindMember(*subscription, member);
      if (session == nullptr) continue;
      session->assignment_due = true;
      session->caught_up_sent = false;
    }
  }
}

bool Dispatcher::Send(Session& session) {
  if (session.closed || session.subscription == nullptr || !session.stream->CanSend()) return false;
  v1::ConsumeResponse response;
  if (session.assignment_due) {
    session.assignment_due = false;
    *response.mutable_assignment() = session.subscription->group.AssignmentOf(session.member_id);
  } else if (!session.refusals.empty()) {
    *response.mutable_refusal() = std::move(session.refusals.front());
    session.refusals.pop_front();
  } else {
    return SendDeliveries(session) || SendCaughtUp(session) || CloseDamaged(session);
  }
  session.stream->Send(response);
  return true;
}

bool Dispatcher::SendDeliveries(Session& session) {
  ConsumerGroup& group = session.subscription->group;
  v1::ConsumeResponse response;
  std::size_t bytes = 0;
  const std::uint32_t first = session.turn++;
  for (std::uint32_t i = 0; i < group.shard_count() && bytes < kDeliveriesBytesMax; ++i) {
    const Shard shard((first + i) % group.shard_count());
    if (group.owner(shard) != session.member_id || !group.IsOpen(shard)) continue;
    for (const ShardLedger::Outgoing& outgoing :
         group.ledger(shard).Deliver(parts_.clock.Monotonic(), kDeliveriesBytesMax - bytes)) {
      v1::Delivery& delivery = *response.mutable_deliveries()->add_deliveries();
      delivery.set_generation(group.generation(shard));
      delivery.set_delivery_tag(outgoing.tag);
      delivery.set_attempt(outgoing.attempt);
      *delivery.mutable_event() = *outgoing.event;
      bytes += outgoing.event->ByteSizeLong();
    }
  }
  if (bytes == 0) return false;
  session.caught_up_sent = false;
  session.stream->Send(response);
  return true;
}

bool Dispatcher::SendCaughtUp(Session& session) {
  if (session.caught_up_sent || !IsCaughtUp(session)) return false;
  session.caught_up_sent = true;
  v1::ConsumeResponse response;
  response.mutable_caught_up();
  session.stream->Send(response);
  return true;
}

bool Dispatcher::CloseDamaged(Session& session) {
  const LiveSubscription& subscription = *session.subscription;
  const absl::Status* damage = nullptr;  // Of the last of its shards.
  for (std::uint32_t i = 0; i < subscription.group.shard_count(); ++i) {
    const Shard shard(i);
    if (subscription.group.owner(shard) != session.member_id) continue;
    const auto found = subscription.damage.find(shard);
    const bool is_over =
        found != subscription.damage.end() && subscription.group.ledger(shard).Settled();
    if (!is_over) return false;
    damage = &found->second;
  }
  if (damage == nullptr) return false;
  Close(session, host::FromStatus(*damage));
  return true;
}

bool Dispatcher::IsCaughtUp(const Session& session) const {
  const ConsumerGroup& group = session.subscription->group;
  for (std::uint32_t i = 0; i < group.shard_count(); ++i) {
    const Shard shard(i);
    if (group.owner(shard) != session.member_id) continue;
    const ShardLedger& ledger = group.ledger(shard);
    if (!ledger.Settled() || ledger.HasDamaged()) return false;
    if (ledger.read() < parts_.store.DurableHead(shard)) return false;
  }
  return true;
}

Dispatcher::Session* Dispatcher::FindMember(const LiveSubscription& subscription,
                                            const std::string& member_id) {
  const auto found = std::ranges::find_if(sessions_, [&](const Session& session) {
    return !session.closed && session.subscription.get() == &subscription &&
           session.member_id == member_id;
  });
  return found == sessions_.end() ? nullptr : &*found;
}

}  // namespace apdr::subscription
