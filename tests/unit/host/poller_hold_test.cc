#include "services/host/poller_hold.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "apdr/query/v1/audit_service.grpc.pb.h"
#include "services/host/grpc_host.h"

namespace apdr::host {
namespace {

using query::v1::AuditService;

// Remembers in which threads it was called; a call that asks for it waits for another one.
class Watched final : public AuditService::CallbackService {
 public:
  static constexpr int kWaits = 1;
  static constexpr int kRings = 2;

  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                       const query::v1::ListEventsRequest* request,
                                       query::v1::ListEventsResponse* /*response*/) override {
    {
      const absl::MutexLock lock(&mutex_);
      threads_.insert(std::this_thread::get_id());
    }
    if (request->page_size() == kRings) bell_.Notify();
    const bool heard =
        request->page_size() != kWaits || bell_.WaitForNotificationWithTimeout(absl::Seconds(20));
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(heard ? grpc::Status::OK : grpc::Status(grpc::StatusCode::ABORTED, "alone"));
    return reactor;
  }

  [[nodiscard]] std::size_t thread_count() {
    const absl::MutexLock lock(&mutex_);
    return threads_.size();
  }

 private:
  absl::Mutex mutex_;
  std::set<std::thread::id> threads_;
  absl::Notification bell_;
};

class PollerHoldTest : public ::testing::Test {
 protected:
  void Serve(Polling polling) {
    auto host =
        GrpcHost::Start("127.0.0.1:0", {{"apdr.query.v1.AuditService", &service_}}, polling);
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
    stub_ = AuditService::NewStub(
        grpc::CreateChannel(host_->address(), grpc::InsecureChannelCredentials()));
  }

  grpc::StatusCode Call(int what = 0) {
    grpc::ClientContext context;
    query::v1::ListEventsRequest request;
    request.set_page_size(what);
    query::v1::ListEventsResponse response;
    return stub_->ListEvents(&context, request, &response).error_code();
  }

  void CallFromEverywhere() {
    constexpr int kCallers = 8;
    constexpr int kCalls = 200;
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([this] {
        for (int j = 0; j < kCalls; ++j) EXPECT_EQ(Call(), grpc::StatusCode::OK);
      });
    }
  }

  bool TwoCallbacksRunAtOnce() {
    auto waiting = std::async(std::launch::async, [this] { return Call(Watched::kWaits); });
    const grpc::StatusCode rung = Call(Watched::kRings);
    return rung == grpc::StatusCode::OK && waiting.get() == grpc::StatusCode::OK;
  }

  Watched service_;
  std::unique_ptr<GrpcHost> host_;
  std::unique_ptr<AuditService::Stub> stub_;
};

TEST_F(PollerHoldTest, LeavesOneThreadForAllCallbacks) {
  Serve(Polling::kOneThread);
  CallFromEverywhere();
  EXPECT_EQ(service_.thread_count(), 1U);
}

TEST_F(PollerHoldTest, WithoutItTwoCallbacksRunAtOnce) {
  Serve(Polling::kAllThreads);
  EXPECT_TRUE(TwoCallbacksRunAtOnce());
}

TEST_F(PollerHoldTest, LetsTheThreadsGoAtItsEnd) {
  Serve(Polling::kAllThreads);
  { const PollerHold hold; }
  EXPECT_TRUE(TwoCallbacksRunAtOnce());
}

TEST_F(PollerHoldTest, TwoHoldsAreAsOne) {
  Serve(Polling::kOneThread);
  const PollerHold second;
  CallFromEverywhere();
  EXPECT_EQ(service_.thread_count(), 1U);
}

}  // namespace
}  // namespace apdr::host
