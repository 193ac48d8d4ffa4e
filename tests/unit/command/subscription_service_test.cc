#include "services/command/subscription_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "engine/base/shard_of.h"
#include "tests/support/served_library.h"

namespace apdr::command {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::InfoOf;
using apdr::testing::Loan;
using apdr::testing::NameCaller;
using apdr::testing::ServedLibrary;
using ::testing::HasSubstr;

// A call of Subscribe that is cancelled when it goes.
class Subscription {
 public:
  Subscription(v1::SubscriptionService::Stub& service, const v1::SubscribeRequest& request,
               const std::string& tenant = "t1") {
    NameCaller(context_, tenant);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    reader_ = service.Subscribe(&context_, request);
  }
  ~Subscription() {
    context_.TryCancel();
    if (!finished_) (void)Finish();
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // Batches until one says "caught up", in one.
  v1::SubscribeResponse ReadUntilCaughtUp() {
    v1::SubscribeResponse all;
    v1::SubscribeResponse batch;
    while (!all.caught_up() && reader_->Read(&batch)) {
      EXPECT_GE(batch.last_position(), all.last_position());
      largest_batch_ = std::max(largest_batch_, batch.ByteSizeLong());
      all.MergeFrom(batch);
    }
    return all;
  }
  [[nodiscard]] std::size_t largest_batch() const { return largest_batch_; }
  grpc::Status Finish() {
    v1::SubscribeResponse ignored;
    while (reader_->Read(&ignored)) continue;
    finished_ = true;
    return reader_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> reader_;
  std::size_t largest_batch_ = 0;
  bool finished_ = false;
};

class SubscriptionServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { Execute("r1", ALoan()); }

  template <class M>
  void Execute(const std::string& id, const M& command) {
    v1::ExecuteResponse response;
    const grpc::Status status = library_.Execute(ServedLibrary::Request(id, 1, command), &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    library_.subscriptions.LogHasGrown();
  }
  static v1::SubscribeRequest From(std::uint64_t after) {
    v1::SubscribeRequest request;
    request.set_shard(ShardOf(Loan(1).case_id, 2).value());
    request.set_after_position(after);
    return request;
  }

  ServedLibrary library_;
};

TEST_F(SubscriptionServiceTest, SendsHistoryThenSaysCaughtUpThenGoesOnLive) {
  Execute("r2", ANote());
  Subscription subscription(*library_.subscription, From(0));

  const v1::SubscribeResponse history = subscription.ReadUntilCaughtUp();
  ASSERT_EQ(history.events_size(), 2);
  EXPECT_EQ(history.events(0).position(), 1U);
  EXPECT_EQ(history.events(1).position(), 2U);
  EXPECT_EQ(history.last_position(), 2U);

  Execute("r3", ANote());
  const v1::SubscribeResponse live = subscription.ReadUntilCaughtUp();
  ASSERT_EQ(live.events_size(), 1);
  EXPECT_EQ(live.events(0).position(), 3U);
  EXPECT_EQ(live.events(0).shard(), ShardOf(Loan(1).case_id, 2).value());
}

TEST_F(SubscriptionServiceTest, ResumesAfterThePositionGiven) {
  Execute("r2", ANote());
  Execute("r3", ANote());
  Subscription subscription(*library_.subscription, From(2));

  const v1::SubscribeResponse rest = subscription.ReadUntilCaughtUp();

  ASSERT_EQ(rest.events_size(), 1);
  EXPECT_EQ(rest.events(0).position(), 3U);
}

TEST_F(SubscriptionServiceTest, SendsManyPagesWithoutAGap) {
  for (int i = 0; i < 600; ++i) Execute(absl::StrCat("note-", i), ANote());
  Subscription subscription(*library_.subscription, From(0));

  const v1::SubscribeResponse all = subscription.ReadUntilCaughtUp();

  ASSERT_EQ(all.events_size(), 601);
  for (int i = 0; i < all.events_size(); ++i) {
    ASSERT_EQ(all.events(i).position(), static_cast<std::uint64_t>(i) + 1);
  }
}

TEST_F(SubscriptionServiceTest, FiltersByTypeAndCoversWhatItLeftOut) {
  Execute("r2", ANote());
  v1::SubscribeRequest request = From(0);
  request.add_event_types("apdr.testing.library.v1.ItemLent");
  Subscription subscription(*library_.subscription, request);

  const v1::SubscribeResponse filtered = subscription.ReadUntilCaughtUp();

  ASSERT_EQ(filtered.events_size(), 1);
  EXPECT_EQ(filtered.events(0).position(), 1U);
  EXPECT_EQ(filtered.last_position(), 2U);
}

TEST_F(SubscriptionServiceTest, ShowsATenantNothingOfAnother) {
  Subscription subscription(*library_.subscription, From(0), "t2");

  const v1::SubscribeResponse nothing = subscription.ReadUntilCaughtUp();

  EXPECT_EQ(nothing.events_size(), 0);
  EXPECT_EQ(nothing.last_position(), 1U);
}

TEST_F(SubscriptionServiceTest, RefusesAnUnknownShardPositionOrType) {
  v1::SubscribeRequest shard = From(0);
  shard.set_shard(2);
  v1::SubscribeRequest type = From(0);
  type.add_event_types("apdr.sen.v1.Nothing");
  struct Case {
    v1::SubscribeRequest request;
    grpc::StatusCode code;
    const char* reason;
    const char* says;
  };
  for (const Case& bad :
       {Case{shard, grpc::NOT_FOUND, "SHARD_UNKNOWN", "the store has shards 0 to 1"},
        Case{From(2), grpc::OUT_OF_RANGE, "POSITION_UNKNOWN", "but it ends at 1"},
        Case{type, grpc::INVALID_ARGUMENT, "EVENT_TYPE_UNKNOWN", "is not declared"}}) {
    Subscription subscription(*library_.subscription, bad.request);
    const grpc::Status status = subscription.Finish();
    EXPECT_EQ(status.error_code(), bad.code) << bad.reason;
    EXPECT_EQ(InfoOf(status).reason(), bad.reason);
    EXPECT_THAT(status.error_message(), HasSubstr(bad.says));
  }
}

TEST_F(SubscriptionServiceTest, RefusesTheFamilyWhoReadOnlyACaseThatTheyName) {
  for (const char* role : {"parent", "carer", "child", "young-person", "advocate"}) {
    grpc::ClientContext context;
    NameCaller(context, "t1", role);
    const auto reader = library_.subscription->Subscribe(&context, From(0));
    v1::SubscribeResponse batch;
    EXPECT_FALSE(reader->Read(&batch)) << role;
    EXPECT_EQ(InfoOf(reader->Finish()).reason(), "NOT_AUTHORISED") << role;
  }
}

TEST_F(SubscriptionServiceTest, TellsItsSubscribersWhenItStops) {
  Subscription subscription(*library_.subscription, From(0));
  (void)subscription.ReadUntilCaughtUp();

  library_.subscriptions.CloseAll();

  const grpc::Status status = subscription.Finish();
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(InfoOf(status).reason(), "SHUTTING_DOWN");
}

TEST_F(SubscriptionServiceTest, ListsTheShardsAndTheirHeads) {
  grpc::ClientContext context;
  NameCaller(context);
  v1::ListShardsResponse response;

  ASSERT_TRUE(library_.subscription->ListShards(&context, {}, &response).ok());

  ASSERT_EQ(response.shards_size(), 2);
  EXPECT_EQ(response.shards(0).position() + response.shards(1).position(), 1U);
  grpc::ClientContext nobody;
  EXPECT_EQ(library_.subscription->ListShards(&nobody, {}, &response).error_code(),
            grpc::UNAUTHENTICATED);
}

// A log written by hand, and its subscribers: one shard, one case of tenant t1.
class ServedLogTest : public ::testing::Test {
 protected:
  ServedLogTest() : store_(1), workflow_(module_), subscriptions_(store_, workflow_) {}
  ~ServedLogTest() override {
    subscriptions_.CloseAll();
    host_->Stop(absl::Seconds(10));
    loop_->Stop();
  }

  absl::Status TryAppend(std::vector<std::string> events) {
    eventstore::Commit commit;
    commit.stream = Loan(1);
    commit.first_version = CaseVersion(store_.DurableHead(Shard(0)).value() + 1);
    commit.request_id = RequestId(absl::StrCat("r", commit.first_version.value()));
    commit.events = std::move(events);
    return store_.Append({&commit, 1}).status();
  }
  void Append(std::vector<std::string> events) { ASSERT_TRUE(TryAppend(std::move(events)).ok()); }
  static std::string AnEventOf(std::size_t bytes) {
    event::v1::Event event;
    event.mutable_data()->set_value(std::string(bytes, 'x'));
    return event.SerializeAsString();
  }
  void Serve() {
    auto started = host::GrpcHost::Start(
        "127.0.0.1:0", {{"apdr.command.v1.SubscriptionService", &subscriptions_.service()}});
    ASSERT_TRUE(started.ok()) << started.status();
    host_ = *std::move(started);
    stub_ = v1::SubscriptionService::NewStub(
        grpc::CreateChannel(host_->address(), grpc::InsecureChannelCredentials()));
    loop_ = std::make_unique<host::WorkerLoop>(
        subscriptions_.worker(), &subscriptions_.wakeup(),
        host::LoopOptions{.name = "subscriptions"},
        [this](std::string_view, const absl::Status&) { failed_ = true; });
  }
  static v1::SubscribeRequest From(std::uint64_t after) {
    v1::SubscribeRequest request;
    request.set_after_position(after);
    return request;
  }

  eventstore::MemoryEventStore store_;
  apdr::testing::LibraryLoanModule module_;
  core::Workflow workflow_;
  SubscriptionService subscriptions_;
  std::unique_ptr<host::GrpcHost> host_;
  std::unique_ptr<v1::SubscriptionService::Stub> stub_;
  std::atomic<bool> failed_ = false;
  std::unique_ptr<host::WorkerLoop> loop_;
};

TEST_F(ServedLogTest, EndsOnlyTheSubscriptionThatMeetsDamage) {
  Append({"not an event"});
  Append({AnEventOf(1)});
  Serve();

  Subscription damaged(*stub_, From(0));
  const grpc::Status status = damaged.Finish();
  Subscription unharmed(*stub_, From(1));
  const v1::SubscribeResponse rest = unharmed.ReadUntilCaughtUp();

  EXPECT_EQ(status.error_code(), grpc::DATA_LOSS);
  EXPECT_EQ(InfoOf(status).reason(), "STORE_DAMAGED");
  EXPECT_TRUE(rest.caught_up());
  EXPECT_EQ(rest.events_size(), 1);
  EXPECT_FALSE(failed_) << "a step failed, which stops the process";
}

TEST_F(ServedLogTest, FailsItsStepWhenTheStoreCannotBeAsked) {
  Append({AnEventOf(1)});
  store_.FailNextAppend(eventstore::AppendFault::kBeforeWrite);
  ASSERT_FALSE(TryAppend({AnEventOf(1)}).ok());
  Serve();

  Subscription subscription(*stub_, From(0));

  EXPECT_FALSE(subscription.Finish().ok());
  loop_->Stop();
  EXPECT_TRUE(failed_);
}

TEST_F(ServedLogTest, SendsLargeEventsInBatchesThatEveryClientTakes) {
  const std::string large = AnEventOf(700'000);
  for (int i = 0; i < 4; ++i) Append({large, large, large});
  Append({AnEventOf(eventstore::kEventBytesMax - 100)});
  for (int i = 0; i < 300; ++i) Append({AnEventOf(10)});
  Serve();

  Subscription subscription(*stub_, From(0));
  const v1::SubscribeResponse all = subscription.ReadUntilCaughtUp();

  EXPECT_TRUE(all.caught_up());
  EXPECT_EQ(all.last_position(), 313U);
  ASSERT_EQ(all.events_size(), 313);
  for (int i = 0; i < all.events_size(); ++i) {
    ASSERT_EQ(all.events(i).position(), static_cast<std::uint64_t>(i) + 1);
  }
  EXPECT_LT(subscription.largest_batch(), kSubscriptionBytesMax + eventstore::kEventBytesMax);
}

}  // namespace
}  // namespace apdr::command
