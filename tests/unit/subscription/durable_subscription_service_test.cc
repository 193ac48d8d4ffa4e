#include "services/subscription/durable_subscription_service.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <chrono>

#include "apdr/error/v1/error_info.pb.h"
#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"
#include "services/client/consume.h"
#include "services/host/grpc_host.h"
#include "services/host/worker_loop.h"
#include "tests/support/subscription_world.h"

namespace apdr::subscription {
namespace {

using apdr::testing::SubscriptionWorld;

std::string ReasonOf(const grpc::Status& status) {
  error::v1::StatusDetails details;
  error::v1::ErrorInfo info;
  if (status.ok()) return "OK";
  if (details.ParseFromString(status.error_details()) && details.details_size() == 1) {
    info.ParseFromString(details.details(0).value());
  }
  return info.reason();
}

void Prepare(grpc::ClientContext& context) {
  context.AddMetadata("apdr-tenant", "t1");
  context.AddMetadata("apdr-actor", "p-17");
  context.AddMetadata("apdr-role", "librarian");
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
}

// A call of Consume.
class Call {
 public:
  explicit Call(v1::DurableSubscriptionService::Stub& stub) {
    Prepare(context_);
    stream = stub.Consume(&context_);
  }
  void Join(const std::string& member_id) {
    v1::ConsumeRequest request;
    request.mutable_join()->set_subscription("reminders");
    request.mutable_join()->set_member_id(member_id);
    stream->Write(request);
  }
  void Acknowledge(const v1::Delivery& delivery) {
    v1::ConsumeRequest request;
    request.mutable_acknowledge()->set_shard(delivery.event().shard());
    request.mutable_acknowledge()->set_generation(delivery.generation());
    request.mutable_acknowledge()->set_delivery_tag(delivery.delivery_tag());
    stream->Write(request);
  }
  // The next message that is of this kind.
  v1::ConsumeResponse ReadUntil(v1::ConsumeResponse::MessageCase kind) {
    v1::ConsumeResponse response;
    while (stream->Read(&response) && response.message_case() != kind) continue;
    return response;
  }
  grpc::Status Finish() {
    v1::ConsumeResponse ignored;
    while (stream->Read(&ignored)) continue;
    return stream->Finish();
  }

  std::unique_ptr<grpc::ClientReaderWriter<v1::ConsumeRequest, v1::ConsumeResponse>> stream;

 private:
  grpc::ClientContext context_;
};

class DurableSubscriptionServiceTest : public ::testing::Test {
 protected:
  DurableSubscriptionServiceTest() : service_(MakeDurableSubscriptionService(*world_.dispatcher)) {
    auto started = host::GrpcHost::Start(
        "127.0.0.1:0", {{"apdr.subscription.v1.DurableSubscriptionService", service_.get()}});
    APDR_CHECK(started.ok());
    host_ = *std::move(started);
    channel_ = grpc::CreateChannel(host_->address(), grpc::InsecureChannelCredentials());
    stub_ = v1::DurableSubscriptionService::NewStub(channel_);
    host::LoopOptions options{.name = "dispatcher"};
    options.idle_max = absl::Hours(1);  // It looks only when it is woken.
    loop_ =
        std::make_unique<host::WorkerLoop>(*world_.dispatcher, &world_.dispatcher->wakeup(),
                                           options, [](std::string_view, const absl::Status&) {});
  }
  ~DurableSubscriptionServiceTest() override {
    world_.dispatcher->CloseAll();
    host_->Stop(absl::Seconds(10));
    loop_->Stop();
  }

  grpc::Status Create() {
    grpc::ClientContext context;
    Prepare(context);
    v1::CreateSubscriptionResponse response;
    return stub_->CreateSubscription(&context, SubscriptionWorld::ARequestFor("reminders"),
                                     &response);
  }
  void Append(std::uint64_t loan) {
    world_.Append(loan);
    world_.dispatcher->LogHasGrown();
  }
  v1::SubscriptionStatus Get() {
    grpc::ClientContext context;
    Prepare(context);
    v1::GetSubscriptionRequest request;
    request.set_name("reminders");
    v1::GetSubscriptionResponse response;
    EXPECT_EQ(ReasonOf(stub_->GetSubscription(&context, request, &response)), "OK");
    return response.status();
  }

  SubscriptionWorld world_{1};
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<host::GrpcHost> host_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::DurableSubscriptionService::Stub> stub_;
  std::unique_ptr<host::WorkerLoop> loop_;
};

TEST_F(DurableSubscriptionServiceTest, DeliversAndTakesAcknowledgementsUntilTheMemberHangsUp) {
  ASSERT_EQ(ReasonOf(Create()), "OK");
  Call call(*stub_);
  call.Join("m1");
  EXPECT_EQ(call.ReadUntil(v1::ConsumeResponse::kAssignment).assignment().shards_size(), 1);
  for (std::uint64_t loan = 1; loan <= 300; ++loan) Append(loan);

  std::size_t received = 0;
  while (received < 300) {
    const auto batch = call.ReadUntil(v1::ConsumeResponse::kDeliveries);
    ASSERT_TRUE(batch.has_deliveries());
    for (const v1::Delivery& delivery : batch.deliveries().deliveries()) {
      ++received;
      EXPECT_EQ(delivery.event().position(), received);
      call.Acknowledge(delivery);
    }
  }
  call.ReadUntil(v1::ConsumeResponse::kCaughtUp);
  EXPECT_EQ(Get().lag(), 0U);
  call.stream->WritesDone();

  EXPECT_EQ(ReasonOf(call.Finish()), "OK");
  EXPECT_EQ(received, 300U);
}

TEST_F(DurableSubscriptionServiceTest, CountsWhatWasAcknowledgedRightBeforeTheEnd) {
  ASSERT_EQ(ReasonOf(Create()), "OK");
  Append(1);
  Call call(*stub_);
  call.Join("m1");
  const auto batch = call.ReadUntil(v1::ConsumeResponse::kDeliveries);
  ASSERT_EQ(batch.deliveries().deliveries_size(), 1);
  call.Acknowledge(batch.deliveries().deliveries(0));
  call.stream->WritesDone();
  ASSERT_EQ(ReasonOf(call.Finish()), "OK");

  Call next(*stub_);
  next.Join("m1");
  next.ReadUntil(v1::ConsumeResponse::kCaughtUp);
  EXPECT_EQ(Get().lag(), 0U);
}

TEST_F(DurableSubscriptionServiceTest, KeepsWhatItsClientCouldNotTake) {
  ASSERT_EQ(ReasonOf(Create()), "OK");
  for (const std::uint64_t loan : {1U, 2U}) Append(loan);
  const client::Identity identity{
      .tenant = "t1", .actor = "p-17", .role = "librarian", .setting = "", .on_behalf_of = ""};
  const client::ConsumeOptions options{
      .subscription = "reminders", .member_id = "m1", .until_caught_up = true};
  const auto refuse = [](const v1::Delivery&) { return false; };
  EXPECT_EQ(client::Consume(channel_, identity, options, refuse).code, grpc::OK);
  EXPECT_EQ(Get().lag(), 2U);

  const auto take = [](const v1::Delivery&) { return true; };
  EXPECT_EQ(client::Consume(channel_, identity, options, take).code, grpc::OK);
  EXPECT_EQ(Get().lag(), 0U);
}

TEST_F(DurableSubscriptionServiceTest, AnswersErrorsOfTheCatalogue) {
  Call unknown(*stub_);
  unknown.Join("m1");
  EXPECT_EQ(ReasonOf(unknown.Finish()), "SUBSCRIPTION_UNKNOWN");
  ASSERT_EQ(ReasonOf(Create()), "OK");
  ASSERT_EQ(ReasonOf(Create()), "OK");

  grpc::ClientContext nobody;
  v1::ListSubscriptionsResponse response;
  EXPECT_EQ(ReasonOf(stub_->ListSubscriptions(&nobody, {}, &response)), "CALLER_UNKNOWN");
  grpc::ClientContext anonymous;
  const auto call = stub_->Consume(&anonymous);
  v1::ConsumeResponse ignored;
  EXPECT_FALSE(call->Read(&ignored));
  EXPECT_EQ(ReasonOf(call->Finish()), "CALLER_UNKNOWN");
}

TEST_F(DurableSubscriptionServiceTest, SaysWhenTooManyCallsWait) {
  loop_->Stop();
  const auto nothing = [](Operations&) { return [](const absl::Status&) {}; };
  while (world_.dispatcher->Post(nothing)) continue;
  EXPECT_EQ(ReasonOf(Create()), "OVERLOADED");
}

TEST_F(DurableSubscriptionServiceTest, EndsCallsWhenItStops) {
  ASSERT_EQ(ReasonOf(Create()), "OK");
  Call call(*stub_);
  call.Join("m1");
  call.ReadUntil(v1::ConsumeResponse::kCaughtUp);
  world_.dispatcher->CloseAll();
  EXPECT_EQ(ReasonOf(call.Finish()), "SHUTTING_DOWN");
}

TEST_F(DurableSubscriptionServiceTest, GivesToAnotherWhatAMemberHadThatWasCutOff) {
  ASSERT_EQ(ReasonOf(Create()), "OK");
  Append(1);
  {
    grpc::ClientContext context;
    Prepare(context);
    const auto stream = stub_->Consume(&context);
    v1::ConsumeRequest join;
    join.mutable_join()->set_subscription("reminders");
    join.mutable_join()->set_member_id("m1");
    stream->Write(join);
    v1::ConsumeResponse response;
    while (stream->Read(&response) && !response.has_deliveries()) continue;
    context.TryCancel();
    while (stream->Read(&response)) continue;
    EXPECT_EQ(stream->Finish().error_code(), grpc::CANCELLED);
  }
  Call other(*stub_);
  other.Join("m2");
  const auto batch = other.ReadUntil(v1::ConsumeResponse::kDeliveries);
  EXPECT_EQ(batch.deliveries().deliveries_size(), 1);
}

}  // namespace
}  // namespace apdr::subscription
