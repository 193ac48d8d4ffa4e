#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/settable_clock.h"
#include "engine/base/shard_of.h"
#include "engine/codec/message_payload.h"
#include "engine/core/workflow.h"
#include "eventstore/memory/memory_event_store.h"
#include "services/readmodel/memory/memory_read_model.h"
#include "services/subscription/dispatcher.h"
#include "tests/support/command_side.h"
#include "tests/support/played_member.h"

namespace apdr::testing {

// A read model in memory that can refuse to write, and can lose power: of the writes after the last
// synced one only the first so many are left then.
class UnsyncedReadModel final : public readmodel::ReadModel {
 public:
  [[nodiscard]] absl::Status Apply(const readmodel::Write& write) override {
    if (!failure.ok()) return failure;
    writes_.push_back(write);
    if (write.synced) synced_ = writes_.size();
    return model_->Apply(write);
  }
  [[nodiscard]] absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key) const override {
    return model_->Get(key);
  }
  [[nodiscard]] absl::StatusOr<std::vector<readmodel::Row>> Scan(
      const readmodel::Range& range) const override {
    return model_->Scan(range);
  }
  [[nodiscard]] absl::StatusOr<readmodel::Progress> ReadProgress(Shard shard) const override {
    return model_->ReadProgress(shard);
  }

  absl::Status failure;  // Of every write, unless OK.

  [[nodiscard]] std::size_t unsynced() const { return writes_.size() - synced_; }
  // REQUIRES: left <= unsynced().
  void LosePower(std::size_t left) {
    writes_.resize(synced_ + left);
    synced_ = writes_.size();
    model_ = std::make_unique<readmodel::MemoryReadModel>();
    for (const readmodel::Write& write : writes_) APDR_CHECK(model_->Apply(write).ok());
  }

 private:
  std::unique_ptr<readmodel::MemoryReadModel> model_ =
      std::make_unique<readmodel::MemoryReadModel>();
  std::vector<readmodel::Write> writes_;
  std::size_t synced_ = 0;
};

// A log of the tests' library, and the dispatcher of its subscriptions, whose process can die and
// start again. An event says with its actor's setting where its loan is from then on.
class SubscriptionWorld {
 public:
  static constexpr char kLent[] = "apdr.testing.library.v1.ItemLent";
  static constexpr char kRenewed[] = "apdr.testing.library.v1.LoanRenewed";

  explicit SubscriptionWorld(std::uint32_t shards = 2)
      : workflow(module), clock(absl::FromUnixSeconds(1'770'000'000)), store(shards) {
    Restart();
  }

  void Restart() {
    for (const auto& member : members_) member->ended = true;
    members_.clear();
    dispatcher.reset();
    auto opened = TryOpen();
    APDR_CHECK(opened.ok());
    dispatcher = *std::move(opened);
  }
  absl::StatusOr<std::unique_ptr<subscription::Dispatcher>> TryOpen() {
    return subscription::Dispatcher::Open({.store = store,
                                           .model = model,
                                           .workflow = workflow,
                                           .clock = clock,
                                           .find_place = [](const event::v1::Event& event) {
                                             codec::PlaceChange change;
                                             if (!event.actor().setting_id().empty())
                                               change.setting_id = event.actor().setting_id();
                                             return change;
                                           }});
  }

  // The next event of a loan.
  event::v1::Event Append(std::uint64_t loan, const std::string& type = kLent,
                          const std::string& setting = "", const std::string& tenant = "t1") {
    const StreamId stream = Loan(loan, tenant);
    const auto before = store.ReadStream(stream, CaseVersion(1), 100'000).value();
    event::v1::Event event;
    event.set_tenant_id(tenant);
    event.set_case_id(stream.case_id.value());
    event.set_version(before.size() + 1);
    event.mutable_data()->set_type_url(codec::UrlOfType(type));
    event.mutable_actor()->set_setting_id(setting);
    eventstore::Commit commit;
    commit.stream = stream;
    commit.first_version = CaseVersion(event.version());
    commit.request_id = RequestId(absl::StrCat("r", ++commits_));
    commit.events = {event.SerializeAsString()};
    const auto places = store.Append({&commit, 1});
    APDR_CHECK(places.ok());
    event.set_shard(places->front().shard.value());
    event.set_position(places->front().first_position.value());
    return event;
  }

  static host::Caller Caller(const std::string& tenant = "t1") {
    host::Caller caller;
    caller.tenant = TenantId(tenant);
    caller.actor_id = "p-17";
    caller.role = "librarian";
    return caller;
  }

  // A call of Consume that joins at once.
  std::shared_ptr<PlayedMember> Join(const std::string& member_id,
                                     const std::string& name = "reminders",
                                     const std::string& tenant = "t1") {
    auto member = std::make_shared<PlayedMember>(Caller(tenant));
    member->Join(name, member_id);
    members_.push_back(member);
    dispatcher->Add(member);
    return member;
  }

  bool Step() {
    const auto result = dispatcher->Step();
    APDR_CHECK(result.ok());
    return *result == StepResult::kProgressed;
  }
  void Settle() {
    while (Step()) continue;
  }

  // Runs a unary call in a step of its own.
  template <class Response, class Request>
  query::Reply<Response> Call(query::Reply<Response> (subscription::Operations::*operation)(
                                  const host::Caller&, const Request&),
                              const Request& request, const host::Caller& caller = Caller()) {
    query::Reply<Response> reply;
    APDR_CHECK(dispatcher->Post([&](subscription::Operations& operations) {
      reply = (operations.*operation)(caller, request);
      return [](const absl::Status& stored) { APDR_CHECK(stored.ok()); };
    }));
    Step();
    return reply;
  }

  static subscription::v1::CreateSubscriptionRequest ARequestFor(
      const std::string& name,
      subscription::v1::StartFrom from = subscription::v1::START_FROM_BEGINNING) {
    subscription::v1::CreateSubscriptionRequest request;
    request.mutable_subscription()->set_name(name);
    request.mutable_subscription()->set_start_from(from);
    return request;
  }
  void Create(const subscription::v1::CreateSubscriptionRequest& request) {
    const auto reply = Call(&subscription::Operations::Create, request);
    APDR_CHECK(std::holds_alternative<subscription::v1::CreateSubscriptionResponse>(reply));
  }
  subscription::v1::SubscriptionStatus Status(const std::string& name = "reminders") {
    subscription::v1::GetSubscriptionRequest request;
    request.set_name(name);
    return std::get<subscription::v1::GetSubscriptionResponse>(
               Call(&subscription::Operations::Get, request))
        .status();
  }
  std::vector<subscription::v1::ParkedEvent> Parked(
      subscription::v1::ParkedState state = subscription::v1::PARKED_STATE_UNSPECIFIED) {
    subscription::v1::ListParkedEventsRequest request;
    request.set_name("reminders");
    request.set_state(state);
    const auto reply = Call(&subscription::Operations::ListParked, request);
    const auto& events = std::get<subscription::v1::ListParkedEventsResponse>(reply).events();
    return {events.begin(), events.end()};
  }
  std::vector<subscription::v1::ParkedEvent> RetryAll() {
    subscription::v1::RetryParkedEventsRequest request;
    request.set_name("reminders");
    request.set_all(true);
    const auto reply = Call(&subscription::Operations::Retry, request);
    const auto& events = std::get<subscription::v1::RetryParkedEventsResponse>(reply).events();
    return {events.begin(), events.end()};
  }
  std::vector<subscription::v1::ParkedEvent> Skip(std::uint32_t shard, std::uint64_t position) {
    subscription::v1::SkipParkedEventsRequest request;
    request.set_name("reminders");
    request.add_events()->set_shard(shard);
    request.mutable_events(0)->set_position(position);
    request.set_reason("told by telephone instead");
    const auto reply = Call(&subscription::Operations::Skip, request);
    const auto& events = std::get<subscription::v1::SkipParkedEventsResponse>(reply).events();
    return {events.begin(), events.end()};
  }

  LibraryLoanModule module;
  core::Workflow workflow;
  SettableClock clock;
  eventstore::MemoryEventStore store;
  UnsyncedReadModel model;
  std::unique_ptr<subscription::Dispatcher> dispatcher;

 private:
  std::uint64_t commits_ = 0;
  std::vector<std::shared_ptr<PlayedMember>> members_;
};

}  // namespace apdr::testing
