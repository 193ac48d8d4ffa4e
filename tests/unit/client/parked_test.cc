#include "services/client/parked.h"

#include <gmock/gmock.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "apdr/subscription/v1/durable_subscription_service.grpc.pb.h"

namespace apdr::client {
namespace {

using subscription::v1::ParkedEvent;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Place = std::pair<std::uint32_t, std::uint64_t>;  // Shard and position.

// Parked events of one subscription. With every decision a member parks one more. Fails decisions
// once it is told to; has no members, other states or tenants.
class FakeServer final : public subscription::v1::DurableSubscriptionService::Service {
 public:
  explicit FakeServer(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) Park({i % 2, i + 1});
  }

  grpc::Status ListParkedEvents(grpc::ServerContext*,
                                const subscription::v1::ListParkedEventsRequest* request,
                                subscription::v1::ListParkedEventsResponse* response) override {
    const absl::MutexLock lock(&mutex_);
    std::size_t at = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    const std::size_t end = std::min(at + request->page_size(), parked_.size());
    for (; at < end; ++at) *response->add_events() = std::next(parked_.begin(), Index(at))->second;
    if (end < parked_.size()) response->set_next_page_token(std::to_string(end));
    return grpc::Status::OK;
  }
  grpc::Status RetryParkedEvents(grpc::ServerContext*,
                                 const subscription::v1::RetryParkedEventsRequest* request,
                                 subscription::v1::RetryParkedEventsResponse* response) override {
    return Decide(*request, *response);
  }
  grpc::Status SkipParkedEvents(grpc::ServerContext*,
                                const subscription::v1::SkipParkedEventsRequest* request,
                                subscription::v1::SkipParkedEventsResponse* response) override {
    if (request->reason() != kReason) return {grpc::StatusCode::INVALID_ARGUMENT, "why?"};
    return Decide(*request, *response);
  }

  // Places that each call decided about.
  [[nodiscard]] std::vector<std::size_t> calls() const {
    const absl::MutexLock lock(&mutex_);
    return calls_;
  }
  [[nodiscard]] std::map<Place, ParkedEvent> parked() const {
    const absl::MutexLock lock(&mutex_);
    return parked_;
  }
  void Clear() {
    const absl::MutexLock lock(&mutex_);
    parked_.clear();
  }
  void FailAfter(std::size_t calls) {
    const absl::MutexLock lock(&mutex_);
    calls_max_ = calls;
  }

  static constexpr char kReason[] = "was sent by hand";
  static constexpr Place kNewest{9, 0};  // After which those are parked that come meanwhile.

 private:
  static std::ptrdiff_t Index(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }

  void Park(const Place& place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    parked_[place].set_shard(place.first);
    parked_[place].set_position(place.second);
    parked_[place].set_state(subscription::v1::PARKED_STATE_PARKED);
  }
  template <class Request, class Response>
  grpc::Status Decide(const Request& request, Response& response) {
    const absl::MutexLock lock(&mutex_);
    if (calls_.size() == calls_max_) return {grpc::StatusCode::UNAVAILABLE, "away"};
    if (!request.all() && request.events().empty()) {
      return {grpc::StatusCode::INVALID_ARGUMENT, "which?"};
    }
    Park({kNewest.first, calls_.size() + 1});
    const auto decide = [&](const Place& place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      const auto found = parked_.find(place);
      if (found == parked_.end()) return;
      *response.add_events() = found->second;
      parked_.erase(found);
    };
    if (request.all()) {
      for (const auto& [place, event] : std::map(parked_)) decide(place);
    }
    for (const auto& each : request.events()) decide({each.shard(), each.position()});
    calls_.push_back(static_cast<std::size_t>(response.events_size()));
    return grpc::Status::OK;
  }

  mutable absl::Mutex mutex_;
  std::map<Place, ParkedEvent> parked_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::size_t> calls_ ABSL_GUARDED_BY(mutex_);
  std::size_t calls_max_ ABSL_GUARDED_BY(mutex_) = 100;
};

constexpr std::size_t kParked = 2300;

class ParkedTest : public ::testing::Test {
 protected:
  ParkedTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  ParkedEvents Decide(const ParkedDecision& decision) {
    return client::Decide(server_->InProcessChannel({}), identity_, decision);
  }
  static ParkedDecision Skipping() {
    return {
        .subscription = "reminders", .all = true, .places = {}, .skip_reason = FakeServer::kReason};
  }

  const Identity identity_{
      .tenant = "t1", .actor = "p-1", .role = "senco", .setting = {}, .on_behalf_of = {}};
  FakeServer service_{kParked};
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ParkedTest, ListsEveryPage) {
  const ParkedEvents listed = ListParked(server_->InProcessChannel({}), identity_, "reminders", {});
  EXPECT_EQ(listed.failure.code, grpc::StatusCode::OK);
  EXPECT_THAT(listed.events, SizeIs(kParked));
}

TEST_F(ParkedTest, DecidesAboutAllThatWereParkedAndNothingThatIsParkedMeanwhile) {
  const ParkedEvents skipped = Decide(Skipping());
  EXPECT_EQ(skipped.failure.code, grpc::StatusCode::OK);
  EXPECT_THAT(skipped.events, SizeIs(kParked));
  EXPECT_THAT(service_.calls(), ElementsAre(1000, 1000, 300));
  EXPECT_THAT(service_.parked(), SizeIs(3)) << "one came with each call";
  EXPECT_THAT(service_.parked(), Contains(Pair(Place(FakeServer::kNewest.first, 1), ::testing::_)));
}

TEST_F(ParkedTest, DecidesAboutPlacesAndPassesOverWhatIsNotParked) {
  ParkedDecision decision{
      .subscription = "reminders", .all = false, .places = {}, .skip_reason = {}};
  for (const std::uint64_t position : {1, 2}) {
    decision.places.emplace_back().set_position(position);  // Of shard 0, which has only the first.
  }
  const ParkedEvents retried = Decide(decision);
  EXPECT_EQ(retried.failure.code, grpc::StatusCode::OK);
  ASSERT_THAT(retried.events, SizeIs(1));
  EXPECT_EQ(retried.events[0].position(), 1U);
}

TEST_F(ParkedTest, IsRefusedWithoutPlacesButDoesNothingWhereNothingIsParked) {
  ParkedDecision decision = Skipping();
  decision.all = false;
  EXPECT_EQ(Decide(decision).failure.code, grpc::StatusCode::INVALID_ARGUMENT);
  service_.Clear();
  const ParkedEvents none = Decide(Skipping());
  EXPECT_EQ(none.failure.code, grpc::StatusCode::OK);
  EXPECT_THAT(none.events, IsEmpty());
}

TEST_F(ParkedTest, TellsWhatWasDecidedBeforeItFailed) {
  service_.FailAfter(1);
  const ParkedEvents skipped = Decide(Skipping());
  EXPECT_EQ(skipped.failure.code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(skipped.events, SizeIs(1000));
}

}  // namespace
}  // namespace apdr::client
