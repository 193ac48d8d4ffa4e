#include "services/client/play.h"

#include <gmock/gmock.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "apdr/command/v1/command_service.grpc.pb.h"
#include "apdr/command/v1/demo_clock_service.grpc.pb.h"
#include "apdr/command/v1/subscription_service.grpc.pb.h"
#include "apdr/error/v1/error_info.pb.h"
#include "apdr/sen/v1/before_support.pb.h"
#include "apdr/sen/v1/review.pb.h"

namespace apdr::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A log of one case on shard 2, behind the three services: accepts every command with a
// ConcernRaised, refuses AdaptTeaching, and lets a reminder fire whenever the clock reaches 2026.
// Does not simulate rules, other cases, or durability.
class FakeServer final : public command::v1::CommandService::Service,
                         public command::v1::SubscriptionService::Service {
 public:
  grpc::Status Execute(grpc::ServerContext*, const command::v1::ExecuteRequest* request,
                       command::v1::ExecuteResponse* response) override {
    if (request->command().type_url().ends_with("AdaptTeaching")) return Refusal();
    const auto known = answers_.find(request->request_id());
    response->set_repeated_request(known != answers_.end());
    if (known == answers_.end()) {
      Append(request->case_id(), "").PackFrom(sen::v1::ConcernRaised());
      answers_[request->request_id()] = events_.size() - 1;
    }
    *response->add_events() = events_[answers_[request->request_id()]];
    response->set_shard(2);
    response->set_position(response->events(0).position());
    return grpc::Status::OK;
  }

  grpc::Status Subscribe(grpc::ServerContext*, const command::v1::SubscribeRequest* request,
                         grpc::ServerWriter<command::v1::SubscribeResponse>* writer) override {
    EXPECT_EQ(request->shard(), 2U);
    command::v1::SubscribeResponse batch;
    for (std::size_t i = request->after_position(); i < events_.size(); ++i) {
      *batch.add_events() = events_[i];
    }
    batch.set_caught_up(true);
    writer->Write(batch);
    return grpc::Status::OK;
  }

  google::protobuf::Any& Append(const std::string& case_id, const std::string& deadline) {
    event::v1::Event& event = events_.emplace_back();
    event.set_case_id(case_id);
    event.set_position(events_.size());
    event.set_deadline_fired(deadline);
    return *event.mutable_data();
  }

 private:
  static grpc::Status Refusal() {
    error::v1::ErrorInfo info;
    info.set_reason("STAGE_ORDER");
    error::v1::StatusDetails details;
    details.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
    details.mutable_details(0)->set_value(info.SerializeAsString());
    return {grpc::StatusCode::FAILED_PRECONDITION, "Expected to adapt.",
            details.SerializeAsString()};
  }

  std::vector<event::v1::Event> events_;
  std::map<std::string, std::size_t> answers_;  // Index of its event by request id.
};

class FakeClock final : public command::v1::DemoClockService::Service {
 public:
  explicit FakeClock(FakeServer& server) : server_(server) {}

  grpc::Status AdvanceClock(grpc::ServerContext*, const command::v1::AdvanceClockRequest* request,
                            command::v1::AdvanceClockResponse*) override {
    if (request->date() > "2026" && !fired_) {
      server_.Append("c1", "T07:2026-02-06:1").PackFrom(sen::v1::ReviewReminderIssued());
      fired_ = true;
    }
    return grpc::Status::OK;
  }

 private:
  FakeServer& server_;
  bool fired_ = false;
};

class PlayScriptTest : public ::testing::Test {
 protected:
  void Serve(bool with_clock) {
    grpc::ServerBuilder builder;
    builder.RegisterService(static_cast<command::v1::CommandService::Service*>(&fake_));
    builder.RegisterService(static_cast<command::v1::SubscriptionService::Service*>(&fake_));
    if (with_clock) builder.RegisterService(&clock_);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }

  PlayResult Play(const std::string& steps) {
    const auto script =
        ParseScript("{\"case_id\": \"c1\", \"steps\": [" + steps + "]}", "a.json", {});
    EXPECT_TRUE(script.ok()) << script.status();
    reports_.clear();
    return PlayScript(channel_, *script, [&](const StepReport& report) {
      reports_.push_back(report);
      reports_.back().step = nullptr;  // The script goes.
    });
  }

  FakeServer fake_;
  FakeClock clock_{fake_};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<StepReport> reports_;
};

constexpr char kTwoSteps[] =
    R"({"date": "2025-09-15", "command": {"@type": "RaiseConcern"}, "expect": {"events": ["ConcernRaised"]}},
       {"date": "2026-02-05", "command": {"@type": "RaiseConcern"}, "expect": {"timers": ["ReviewReminderIssued"]}})";

TEST_F(PlayScriptTest, MovesTheClockAndShowsWhatTimersReported) {
  Serve(/*with_clock=*/true);

  const PlayResult result = Play(kTwoSteps);

  EXPECT_EQ(result.exit_code, kExitOk);
  EXPECT_EQ(result.steps, 2U);
  EXPECT_EQ(result.timers, 1U);
  EXPECT_TRUE(result.demo_clock);
  EXPECT_EQ(result.case_id, "c1");
}

TEST_F(PlayScriptTest, ShowsTheSameTimersWhenPlayedAgain) {
  Serve(/*with_clock=*/true);
  ASSERT_EQ(Play(kTwoSteps).exit_code, kExitOk);

  const PlayResult again = Play(kTwoSteps);

  EXPECT_EQ(again.exit_code, kExitOk);
  EXPECT_EQ(again.repeated, 2U);
}

TEST_F(PlayScriptTest, DoesNotJudgeTimersOnAServerInRealTime) {
  Serve(/*with_clock=*/false);

  const PlayResult result = Play(kTwoSteps);

  EXPECT_EQ(result.exit_code, kExitOk);
  EXPECT_FALSE(result.demo_clock);
}

TEST_F(PlayScriptTest, StopsAtTheFirstStepThatIsNotAsExpected) {
  Serve(/*with_clock=*/false);

  const PlayResult result = Play(
      R"({"command": {"@type": "RaiseConcern"}, "expect": {"events": ["TeachingAdapted"]}},
         {"command": {"@type": "RaiseConcern"}})");

  EXPECT_EQ(result.exit_code, kExitRefused);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].unexpected, "Expected the events TeachingAdapted, but got ConcernRaised.");
}

TEST_F(PlayScriptTest, GoesOnAfterAnExpectedRefusal) {
  Serve(/*with_clock=*/false);

  const PlayResult result =
      Play(R"({"command": {"@type": "AdaptTeaching"}, "expect": {"error": "STAGE_ORDER"}},
              {"command": {"@type": "RaiseConcern"}})");

  EXPECT_EQ(result.exit_code, kExitOk);
  EXPECT_EQ(result.steps, 2U);
}

TEST_F(PlayScriptTest, TakesNoOtherRefusalAndNoAcceptanceForAnExpectedRefusal) {
  Serve(/*with_clock=*/false);

  EXPECT_EQ(
      Play(R"({"command": {"@type": "AdaptTeaching"}, "expect": {"error": "OTHER"}})").exit_code,
      kExitRefused);
  EXPECT_EQ(
      Play(R"({"command": {"@type": "RaiseConcern"}, "expect": {"error": "OTHER"}})").exit_code,
      kExitRefused);
  EXPECT_THAT(reports_.front().unexpected, HasSubstr("but it was accepted"));
}

TEST_F(PlayScriptTest, SaysThatNoServerIsThere) {
  channel_ = OpenChannel("127.0.0.1:1");

  EXPECT_EQ(Play(kTwoSteps).exit_code, kExitUnreachable);
}

}  // namespace
}  // namespace apdr::client
