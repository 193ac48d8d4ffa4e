#include "services/importer/import_run.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "apdr/command/v1/command_service.grpc.pb.h"

namespace apdr::importer {
namespace {

// Lines of one command each, of a case each. Reading one may take time.
class FakeSource final : public LineSource {
 public:
  explicit FakeSource(std::size_t lines) : lines_(lines) {}

  absl::StatusOr<std::optional<LineResult>> Next() override {
    before_next();
    if (fails) return absl::UnavailableError("the file broke off");
    if (read_ == lines_) return std::optional<LineResult>();
    Item item{.line = ++read_, .caller = {}, .requests = {}};
    item.requests.emplace_back().set_case_id(std::to_string(read_));
    item.requests.front().set_request_id(std::to_string(read_));
    return std::optional<LineResult>(std::move(item));
  }
  [[nodiscard]] std::uint64_t bytes_read() const override { return read_; }

  std::function<void()> before_next = [] {};
  bool fails = false;

 private:
  const std::size_t lines_;
  std::size_t read_ = 0;
};

// Stands still but for `step` whenever it is looked at.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] absl::Time Now() const override { return absl::UnixEpoch() + now_; }
  [[nodiscard]] absl::Duration Monotonic() const override { return now_ += step; }
  void Advance(absl::Duration time) { now_ += time; }

  absl::Duration step;

 private:
  mutable absl::Duration now_;
};

// Accepts every command after it has said so often that it has too much to do. Does not simulate
// cases, repeats or durability.
class FakeServer final : public command::v1::CommandService::Service {
 public:
  grpc::Status ExecuteStream(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<command::v1::ExecuteStreamResponse,
                               command::v1::ExecuteStreamRequest>* stream) override {
    command::v1::ExecuteStreamRequest message;
    while (stream->Read(&message)) {
      command::v1::ExecuteStreamResponse response;
      for (const auto& request : message.requests()) {
        command::v1::CommandAnswer& answer = *response.add_answers();
        answer.set_request_id(request.request_id());
        if (overloaded > 0) {
          --overloaded;
          answer.mutable_error()->set_code(grpc::StatusCode::RESOURCE_EXHAUSTED);
          answer.mutable_error()->set_reason("OVERLOADED");
        } else {
          answer.mutable_response()->add_events();
        }
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  std::atomic<int> overloaded = 0;
};

class RunImportTest : public ::testing::Test {
 protected:
  ImportResult RunWith(grpc::Service& served) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&served);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    return RunImport(
        server->InProcessChannel({}), source, clock, [](const Refusal&) {}, [](const Tally&) {});
  }

  FakeServer service;
  FakeSource source{100};
  FakeClock clock;
};

TEST_F(RunImportTest, TakesEveryLine) {
  const ImportResult result = RunWith(service);

  EXPECT_EQ(result.stopped_by.code, grpc::StatusCode::OK);
  EXPECT_TRUE(result.unread.ok());
  EXPECT_EQ(result.tally.lines, 100U);
  EXPECT_EQ(result.tally.accepted, 100U);
}

TEST_F(RunImportTest, GivesAServerThatIsOverloadedTime) {
  service.overloaded = 250;
  clock.step = absl::Milliseconds(150);

  const ImportResult result = RunWith(service);

  EXPECT_EQ(result.stopped_by.code, grpc::StatusCode::OK);
  EXPECT_EQ(result.tally.accepted, 100U);
  EXPECT_EQ(result.tally.refused_lines(), 0U);
}

TEST_F(RunImportTest, GivesUpAServerThatDoesNothingForHalfAMinute) {
  service.overloaded = 1'000'000;
  clock.step = absl::Seconds(1);

  const ImportResult result = RunWith(service);

  EXPECT_EQ(result.stopped_by.reason, "OVERLOADED");
  EXPECT_EQ(result.tally.lines, 0U);
}

TEST_F(RunImportTest, DoesNotTakeASlowFileForASilentServer) {
  source.before_next = [&] { clock.Advance(absl::Minutes(1)); };

  const ImportResult result = RunWith(service);

  EXPECT_EQ(result.stopped_by.code, grpc::StatusCode::OK) << result.stopped_by.message;
  EXPECT_EQ(result.tally.accepted, 100U);
}

TEST_F(RunImportTest, StopsAtAServerThatTakesNoCommands) {
  class Nothing final : public command::v1::CommandService::Service {};
  Nothing nothing;

  const ImportResult result = RunWith(nothing);

  EXPECT_EQ(result.stopped_by.code, grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(result.tally.lines, 0U);
}

TEST_F(RunImportTest, SaysThatTheFileCannotBeReadOn) {
  source.fails = true;

  EXPECT_EQ(RunWith(service).unread.code(), absl::StatusCode::kUnavailable);
}

TEST(CheckImport, CountsWithoutAServer) {
  FakeSource source(3);

  const ImportResult result = CheckImport(
      source, [](const Refusal&) {}, [](const Tally&) {});

  EXPECT_EQ(result.tally.lines, 3U);
  EXPECT_EQ(result.tally.accepted, 3U);
}

}  // namespace
}  // namespace apdr::importer
