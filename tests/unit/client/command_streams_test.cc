#include "services/client/command_streams.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "apdr/command/v1/command_service.grpc.pb.h"

namespace apdr::client {
namespace {

// Answers every command with the actor as its case id; refuses request "bad", answers "huge"
// without its id, refuses the streams of actor "nobody", and ends those of actor "hasty" after
// their first message. Does not simulate cases, repeats or durability.
class FakeServer final : public command::v1::CommandService::Service {
 public:
  grpc::Status ExecuteStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<command::v1::ExecuteStreamResponse,
                               command::v1::ExecuteStreamRequest>* stream) override {
    const std::string actor = ActorOf(*context);
    if (actor == "nobody") return {grpc::StatusCode::PERMISSION_DENIED, "no"};
    command::v1::ExecuteStreamRequest message;
    while (stream->Read(&message)) {
      Note(message.requests_size());
      if (actor == "hasty") return grpc::Status::OK;
      command::v1::ExecuteStreamResponse response;
      for (const auto& request : message.requests()) Answer(request, actor, response);
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  [[nodiscard]] int largest_message() const {
    const absl::MutexLock lock(&mutex_);
    return largest_message_;
  }

 private:
  static std::string ActorOf(const grpc::ServerContext& context) {
    const auto actor = context.client_metadata().find("apdr-actor");
    return actor == context.client_metadata().end()
               ? ""
               : std::string(actor->second.data(), actor->second.size());
  }
  static void Answer(const command::v1::ExecuteRequest& request, const std::string& actor,
                     command::v1::ExecuteStreamResponse& response) {
    command::v1::CommandAnswer& answer = *response.add_answers();
    if (request.request_id() != "huge") answer.set_request_id(request.request_id());
    if (request.request_id() == "bad") {
      answer.mutable_error()->set_code(grpc::StatusCode::FAILED_PRECONDITION);
      answer.mutable_error()->set_reason("STAGE_ORDER");
    } else {
      answer.mutable_response()->set_case_id(actor);
    }
  }
  void Note(int requests) {
    const absl::MutexLock lock(&mutex_);
    largest_message_ = std::max(largest_message_, requests);
  }

  mutable absl::Mutex mutex_;
  int largest_message_ ABSL_GUARDED_BY(mutex_) = 0;
};

class CommandStreamsTest : public ::testing::Test {
 protected:
  CommandStreamsTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    streams_.emplace(server_->InProcessChannel({}));
  }

  void Send(const std::string& actor, const std::string& request_id, std::uint64_t ticket) {
    command::v1::ExecuteRequest request;
    request.set_request_id(request_id);
    streams_->Send({.tenant = "t1", .actor = actor, .role = "r", .setting = {}, .on_behalf_of = {}},
                   request, ticket);
  }

  // Until there are so many.
  std::vector<StreamAnswer> AwaitAnswers(std::size_t count) {
    std::vector<StreamAnswer> answers;
    while (answers.size() < count) {
      std::vector<StreamAnswer> more = streams_->Await(absl::Seconds(30));
      EXPECT_FALSE(more.empty()) << "no answer for 30 seconds";
      if (more.empty()) break;
      std::ranges::move(more, std::back_inserter(answers));
    }
    return answers;
  }

  FakeServer service_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<CommandStreams> streams_;
};

TEST_F(CommandStreamsTest, AnswersTheCommandsOfACallerInTheirOrder) {
  for (std::uint64_t ticket = 0; ticket < 500; ++ticket) Send("p1", "r", ticket);

  const auto answers = AwaitAnswers(500);

  ASSERT_EQ(answers.size(), 500U);
  for (std::uint64_t i = 0; i < 500; ++i) EXPECT_EQ(answers[i].ticket, i);
  EXPECT_GT(service_.largest_message(), 1) << "commands that are ready share a message";
}

TEST_F(CommandStreamsTest, GivesEachCallerAStreamOfItsOwn) {
  constexpr std::uint64_t kCallers = 200;  // More than streams are kept open.
  for (std::uint64_t ticket = 0; ticket < 2 * kCallers; ++ticket) {
    Send("p" + std::to_string(ticket % kCallers), "r", ticket);
    if (ticket % 50 == 49) {
      for (const StreamAnswer& answer : AwaitAnswers(50)) {
        const auto& response = std::get<command::v1::ExecuteResponse>(answer.outcome);
        EXPECT_EQ(response.case_id(), "p" + std::to_string(answer.ticket % kCallers));
      }
    }
  }
}

TEST_F(CommandStreamsTest, HandsOverRefusalsOfSingleCommands) {
  Send("p1", "bad", 1);
  Send("p1", "huge", 2);
  Send("p1", "r", 3);

  const auto answers = AwaitAnswers(3);

  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(std::get<Failure>(answers[0].outcome).reason, "STAGE_ORDER");
  EXPECT_FALSE(answers[0].stream_failed);
  EXPECT_TRUE(std::holds_alternative<command::v1::ExecuteResponse>(answers[1].outcome));
  EXPECT_TRUE(std::holds_alternative<command::v1::ExecuteResponse>(answers[2].outcome));
}

TEST_F(CommandStreamsTest, FailsEveryOpenCommandOfAStreamThatEnds) {
  for (const auto& [actor, code] : {std::pair("nobody", grpc::StatusCode::PERMISSION_DENIED),
                                    std::pair("hasty", grpc::StatusCode::UNAVAILABLE)}) {
    for (std::uint64_t ticket = 0; ticket < 100; ++ticket) Send(actor, "r", ticket);
    const auto answers = AwaitAnswers(100);
    ASSERT_EQ(answers.size(), 100U);
    for (const StreamAnswer& answer : answers) {
      EXPECT_TRUE(answer.stream_failed);
      EXPECT_EQ(std::get<Failure>(answer.outcome).code, code) << actor;
    }
  }
  Send("p1", "r", 7);
  EXPECT_TRUE(std::holds_alternative<command::v1::ExecuteResponse>(AwaitAnswers(1)[0].outcome));
}

TEST_F(CommandStreamsTest, EndsWithCommandsUnderWay) {
  for (std::uint64_t ticket = 0; ticket < 1000; ++ticket) Send("p1", "r", ticket);
  EXPECT_FALSE(streams_->Await(absl::Seconds(30)).empty());

  streams_.reset();
}

}  // namespace
}  // namespace apdr::client
