#include "services/command/subscription_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  Subscription(ServedLibrary& library, const v1::SubscribeRequest& request,
               const std::string& tenant = "t1") {
    NameCaller(context_, tenant);
    reader_ = library.subscription->Subscribe(&context_, request);
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
      all.MergeFrom(batch);
    }
    return all;
  }
  grpc::Status Finish() {
    v1::SubscribeResponse ignored;
    while (reader_->Read(&ignored)) continue;
    finished_ = true;
    return reader_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> reader_;
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
    library_.subscriptions.wakeup().Notify();
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
  Subscription subscription(library_, From(0));

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
  Subscription subscription(library_, From(2));

  const v1::SubscribeResponse rest = subscription.ReadUntilCaughtUp();

  ASSERT_EQ(rest.events_size(), 1);
  EXPECT_EQ(rest.events(0).position(), 3U);
}

TEST_F(SubscriptionServiceTest, SendsManyPagesWithoutAGap) {
  for (int i = 0; i < 600; ++i) Execute(absl::StrCat("note-", i), ANote());
  Subscription subscription(library_, From(0));

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
  Subscription subscription(library_, request);

  const v1::SubscribeResponse filtered = subscription.ReadUntilCaughtUp();

  ASSERT_EQ(filtered.events_size(), 1);
  EXPECT_EQ(filtered.events(0).position(), 1U);
  EXPECT_EQ(filtered.last_position(), 2U);
}

TEST_F(SubscriptionServiceTest, ShowsATenantNothingOfAnother) {
  Subscription subscription(library_, From(0), "t2");

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
    Subscription subscription(library_, bad.request);
    const grpc::Status status = subscription.Finish();
    EXPECT_EQ(status.error_code(), bad.code) << bad.reason;
    EXPECT_EQ(InfoOf(status).reason(), bad.reason);
    EXPECT_THAT(status.error_message(), HasSubstr(bad.says));
  }
}

TEST_F(SubscriptionServiceTest, TellsItsSubscribersWhenItStops) {
  Subscription subscription(library_, From(0));
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

}  // namespace
}  // namespace apdr::command
