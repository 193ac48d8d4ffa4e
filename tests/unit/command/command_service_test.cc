#include "services/command/command_service.h"

#include <gmock/gmock.h>
#include <google/protobuf/any.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/synchronization/notification.h"
#include "services/command/internal/execute_stream.h"
#include "services/host/wire.h"
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

grpc::Status SendBytes(ServedLibrary& library, const std::string& method,
                       const std::string& bytes) {
  grpc::GenericStub stub(library.channel);
  grpc::ClientContext context;
  NameCaller(context);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  absl::Notification done;
  grpc::Status status;
  stub.UnaryCall(&context, method, {}, &request, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  return status;
}

constexpr char kExecute[] = "/apdr.command.v1.CommandService/Execute";
constexpr char kExecuteStream[] = "/apdr.command.v1.CommandService/ExecuteStream";
constexpr char kPreview[] = "/apdr.command.v1.CommandService/Preview";

TEST(CommandService, AnswersACommand) {
  ServedLibrary library;
  v1::ExecuteResponse response;

  const grpc::Status status = library.Execute(ServedLibrary::Request("r1", 1, ALoan()), &response);

  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.case_id(), Loan(1).case_id.value());
  EXPECT_EQ(response.version(), 1U);
  EXPECT_EQ(response.events_size(), 1);
  EXPECT_EQ(response.events(0).tenant_id(), "t1");
}

TEST(CommandService, RefusesWithOneErrorInfoOfTheCatalogue) {
  ServedLibrary library;
  v1::ExecuteResponse response;

  const grpc::Status status = library.Execute(ServedLibrary::Request("r1", 1, ANote()), &response);

  EXPECT_EQ(status.error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(InfoOf(status).reason(), "CASE_UNKNOWN");
  EXPECT_EQ(InfoOf(status).domain(), "apdr");
  EXPECT_THAT(status.error_message(), HasSubstr("there is no such case"));
  EXPECT_EQ(library.side.EventCount(), 0U);
}

TEST(CommandService, WantsToKnowTheCaller) {
  ServedLibrary library;
  grpc::ClientContext context;
  context.AddMetadata("apdr-tenant", "t1");
  v1::ExecuteResponse response;

  const grpc::Status status =
      library.commands->Execute(&context, ServedLibrary::Request("r1", 1, ALoan()), &response);

  EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED);
  EXPECT_EQ(InfoOf(status).reason(), "CALLER_UNKNOWN");
  EXPECT_THAT(status.error_message(), HasSubstr("apdr-actor is missing"));
}

TEST(CommandService, ExplainsBytesThatAreNoRequest) {
  ServedLibrary library;
  for (const char* method : {kExecute, kPreview}) {
    const grpc::Status malformed = SendBytes(library, method, "\xff\xff");
    EXPECT_EQ(malformed.error_code(), grpc::INVALID_ARGUMENT) << method;
    EXPECT_EQ(InfoOf(malformed).reason(), "REQUEST_MALFORMED") << method;
  }
  const grpc::Status not_text = SendBytes(library, kExecute, "\x0a\x02\xc3\x28");
  EXPECT_EQ(not_text.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(not_text).reason(), "TEXT_NOT_UTF8");
}

TEST(CommandService, RefusesMoreThanAMebibyteAndTakesAllOfIt) {
  ServedLibrary library;
  v1::ExecuteRequest request = ServedLibrary::Request("r1", 1, ALoan());
  std::string bytes = request.SerializeAsString();

  // An unknown field of just the size that is left: refused for what it is, not for its size.
  std::string padding = "\xfa\x07";  // Field 127, length-delimited.
  const std::size_t room = host::kRequestBytesMax - bytes.size() - padding.size() - 3;
  for (std::size_t rest = room; rest > 0; rest >>= 7U) {
    padding.push_back(static_cast<char>((rest & 0x7fU) | (rest > 0x7fU ? 0x80U : 0U)));
  }
  const std::string whole = bytes + padding + std::string(room, 'x');
  ASSERT_EQ(whole.size(), host::kRequestBytesMax);
  EXPECT_EQ(InfoOf(SendBytes(library, kExecute, whole)).reason(), "FIELD_UNKNOWN");

  const grpc::Status status = SendBytes(library, kExecute, whole + "x");
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "REQUEST_TOO_LARGE");
  EXPECT_THAT(status.error_message(), HasSubstr("at most 1048576 bytes, but it has 1048577"));
}

TEST(CommandService, PreviewsOverTheWire) {
  ServedLibrary library;
  grpc::ClientContext context;
  NameCaller(context);
  v1::PreviewRequest request;
  *request.mutable_request() = ServedLibrary::Request("", 1, ALoan());
  v1::PreviewResponse response;

  ASSERT_TRUE(library.commands->Preview(&context, request, &response).ok());

  EXPECT_EQ(response.events_size(), 1);
  EXPECT_EQ(response.deadlines_size(), 4);
  EXPECT_EQ(library.side.EventCount(), 0U);
}

using Stream = grpc::ClientReaderWriter<v1::ExecuteStreamRequest, v1::ExecuteStreamResponse>;

// All answers until the server ends the stream.
std::vector<v1::CommandAnswer> ReadAnswers(Stream& stream) {
  std::vector<v1::CommandAnswer> answers;
  v1::ExecuteStreamResponse message;
  while (stream.Read(&message)) {
    EXPECT_GT(message.answers_size(), 0);
    answers.insert(answers.end(), message.answers().begin(), message.answers().end());
  }
  return answers;
}

// Sends `count` notes to a few loans on one stream, in turn; the answers in the order they came.
std::vector<v1::CommandAnswer> StreamNotes(ServedLibrary& library, int count) {
  grpc::ClientContext context;
  NameCaller(context);
  const auto stream = library.commands->ExecuteStream(&context);
  // gRPC wants reading and writing at the same time once the windows are full.
  std::jthread writer([&] {
    for (int i = 0; i < count; ++i) {
      v1::ExecuteStreamRequest request;
      *request.add_requests() = ServedLibrary::Request(absl::StrCat("note-", i),
                                                       static_cast<std::uint64_t>(i % 3), ANote());
      if (!stream->Write(request)) return;
    }
    stream->WritesDone();
  });
  std::vector<v1::CommandAnswer> answers = ReadAnswers(*stream);
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  return answers;
}

void OpenThreeLoans(ServedLibrary& library) {
  for (std::uint64_t loan = 0; loan < 3; ++loan) {
    const std::string slip = absl::StrCat("slip-", loan);
    v1::ExecuteResponse response;
    ASSERT_TRUE(library.Execute(ServedLibrary::Request(slip, loan, ALoan(slip)), &response).ok());
  }
}

TEST(ExecuteStream, AnswersEveryCommandInOrder) {
  ServedLibrary library;
  OpenThreeLoans(library);

  const auto answers = StreamNotes(library, 300);

  ASSERT_EQ(answers.size(), 300U);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].request_id(), absl::StrCat("note-", i));
    EXPECT_EQ(answers[i].response().case_id(), Loan(i % 3).case_id.value());
    EXPECT_EQ(answers[i].response().version(), 2 + i / 3) << answers[i].ShortDebugString();
  }
}

// Commands become durable together, so their answers come together; but never so many bytes that a
// client with gRPC's own limit could not receive them.
TEST(ExecuteStream, PutsReadyAnswersIntoOneMessageOfBoundedSize) {
  ServedLibrary library;
  OpenThreeLoans(library);
  constexpr int kCount = 1000;
  // A window that does not grow: what nobody reads waits in the server.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 16);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const auto commands = v1::CommandService::NewStub(grpc::CreateCustomChannel(
      library.host->address(), grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  NameCaller(context);
  const auto stream = commands->ExecuteStream(&context);
  std::jthread writer([&] {
    for (int i = 0; i < kCount; ++i) {
      auto note = ANote();
      note.set_text(std::string(3000, 'n'));
      v1::ExecuteStreamRequest request;
      *request.add_requests() =
          ServedLibrary::Request(absl::StrCat("note-", i), static_cast<std::uint64_t>(i % 3), note);
      if (!stream->Write(request)) return;
    }
    stream->WritesDone();
  });
  writer.join();
  // Each further command takes its turn in the writer, so this ends when the stream's are durable.
  std::size_t others = 3;
  while (library.side.EventCount() < kCount + others) {
    v1::ExecuteResponse response;
    const auto note = ServedLibrary::Request(absl::StrCat("more-", others++), 1, ANote());
    ASSERT_TRUE(library.Execute(note, &response).ok());
  }

  // Nobody has read: what did not fit into the window comes in full messages.
  constexpr std::size_t kMessageBytesMax = std::size_t{1} << 20;
  int messages = 0;
  int answers = 0;
  std::size_t largest = 0;
  v1::ExecuteStreamResponse message;
  while (stream->Read(&message)) {
    ++messages;
    answers += message.answers_size();
    largest = std::max(largest, message.ByteSizeLong());
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answers, kCount);
  EXPECT_LT(messages, kCount / 2);
  EXPECT_LE(largest, kMessageBytesMax);
  EXPECT_GT(largest, kMessageBytesMax / 2);
}

// A queue that holds one stream's worth: were more in flight, some would be refused.
TEST(ExecuteStream, IsNotReadBeyondItsLimit) {
  ServedLibrary library({.queue_max = kStreamInFlightMax, .batch_commands_max = 8});
  OpenThreeLoans(library);

  const auto answers = StreamNotes(library, 4 * static_cast<int>(kStreamInFlightMax));

  ASSERT_EQ(answers.size(), 4 * kStreamInFlightMax);
  for (const auto& answer : answers) ASSERT_TRUE(answer.has_response()) << answer.DebugString();
}

TEST(ExecuteStream, GoesOnAfterARefusedAndAMalformedCommand) {
  ServedLibrary library;
  grpc::ClientContext context;
  NameCaller(context);
  const auto stream = library.commands->ExecuteStream(&context);
  for (const auto& [id, loan] : {std::pair("", 1), std::pair("r1", 2), std::pair("r2", 3)}) {
    v1::ExecuteStreamRequest request;
    *request.add_requests() =
        loan == 3 ? ServedLibrary::Request(id, 1, ALoan()) : ServedLibrary::Request(id, 1, ANote());
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();

  const auto answers = ReadAnswers(*stream);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].error().reason(), "FIELD_REQUIRED");
  EXPECT_EQ(answers[0].error().code(), 3U);
  EXPECT_EQ(answers[1].request_id(), "r1");
  EXPECT_EQ(answers[1].error().reason(), "CASE_UNKNOWN");
  EXPECT_EQ(answers[2].request_id(), "r2");
  EXPECT_EQ(answers[2].response().version(), 1U);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(ExecuteStream, TakesManyCommandsInOneMessage) {
  // A queue for one stream's worth: were more of a message taken, some would be refused.
  ServedLibrary library({.queue_max = kStreamInFlightMax, .batch_commands_max = 8});
  OpenThreeLoans(library);
  constexpr int kMessages = 3;
  constexpr int kEach = 2500;
  grpc::ClientContext context;
  NameCaller(context);
  const auto stream = library.commands->ExecuteStream(&context);
  std::jthread writer([&] {
    for (int message = 0; message < kMessages; ++message) {
      v1::ExecuteStreamRequest request;
      for (int i = 0; i < kEach; ++i) {
        *request.add_requests() = ServedLibrary::Request(
            absl::StrCat("note-", message, "-", i), static_cast<std::uint64_t>(i % 3), ANote());
      }
      if (!stream->Write(request)) return;
    }
    stream->WritesDone();
  });
  const auto answers = ReadAnswers(*stream);
  writer.join();

  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(answers.size(), std::size_t{kMessages} * kEach);
  for (int i = 0; i < kMessages * kEach; ++i) {
    const auto& answer = answers[static_cast<std::size_t>(i)];
    EXPECT_EQ(answer.request_id(), absl::StrCat("note-", i / kEach, "-", i % kEach));
    EXPECT_TRUE(answer.has_response()) << answer.DebugString();
  }
}

// Sends one message of these bytes; all answers.
std::vector<v1::CommandAnswer> StreamBytes(ServedLibrary& library, const std::string& bytes) {
  grpc::GenericStub stub(library.channel);
  grpc::ClientContext context;
  NameCaller(context);
  grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(&context, kExecuteStream, &queue);
  std::vector<v1::CommandAnswer> answers;
  grpc::Status status;
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const grpc::Slice slice(bytes);
  stream->StartCall(nullptr);
  EXPECT_TRUE(done());
  stream->WriteLast({&slice, 1}, {}, nullptr);
  EXPECT_TRUE(done());
  grpc::ByteBuffer incoming;
  for (stream->Read(&incoming, nullptr); done(); stream->Read(&incoming, nullptr)) {
    v1::ExecuteStreamResponse message;
    EXPECT_FALSE(host::ParseMessage(incoming, message));
    answers.insert(answers.end(), message.answers().begin(), message.answers().end());
  }
  stream->Finish(&status, nullptr);
  EXPECT_TRUE(done());
  EXPECT_TRUE(status.ok()) << status.error_message();
  return answers;
}

TEST(ExecuteStream, AnUnreadableRequestSpoilsNoOtherOfItsMessage) {
  ServedLibrary library;
  v1::ExecuteStreamRequest good;
  *good.add_requests() = ServedLibrary::Request("r1", 1, ALoan());
  const std::string not_text("\x0a\x04\x0a\x02\xc3\x28", 6);

  const auto answers = StreamBytes(library, not_text + good.SerializeAsString() + not_text);

  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].error().reason(), "TEXT_NOT_UTF8");
  EXPECT_EQ(answers[0].request_id(), "");
  EXPECT_EQ(answers[1].request_id(), "r1");
  EXPECT_TRUE(answers[1].has_response());
  EXPECT_EQ(answers[2].error().reason(), "TEXT_NOT_UTF8");
}

// A caller may end a call without having sent anything.
TEST(CommandService, RefusesACallWithoutAMessage) {
  ServedLibrary library;
  for (const char* method : {kExecute, kPreview}) {
    grpc::GenericStub stub(library.channel);
    grpc::ClientContext context;
    NameCaller(context);
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareCall(&context, method, &queue);
    grpc::Status status;
    const auto done = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok);
    };
    call->StartCall(nullptr);
    EXPECT_TRUE(done());
    call->WritesDone(nullptr);
    EXPECT_TRUE(done());
    call->Finish(&status, nullptr);
    EXPECT_TRUE(done());
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << method << status.error_message();
  }
  v1::ExecuteResponse response;
  EXPECT_TRUE(library.Execute(ServedLibrary::Request("r1", 1, ALoan()), &response).ok());
}

TEST(ExecuteStream, AnswersOnceWhatIsNoMessage) {
  ServedLibrary library;
  v1::ExecuteStreamRequest good;
  *good.add_requests() = ServedLibrary::Request("r1", 1, ALoan());
  const std::string bytes = good.SerializeAsString();
  const std::string too_large(host::kRequestBytesMax + 1, '\0');
  const std::string unknown_field = bytes + "\x10\x01";
  const std::string cut = bytes.substr(0, bytes.size() - 1);
  std::string too_many;
  for (std::size_t i = 0; i <= kStreamMessageRequestsMax; ++i) too_many.append("\x0a\x00", 2);
  const std::string long_length("\x0a\x82\x80\x80\x80\x10xx", 8);

  for (const auto& [sent, reason] :
       {std::pair(cut, "REQUEST_MALFORMED"), std::pair(unknown_field, "REQUEST_MALFORMED"),
        std::pair(long_length, "REQUEST_MALFORMED"), std::pair(too_many, "REQUEST_TOO_LARGE"),
        std::pair(too_large, "REQUEST_TOO_LARGE")}) {
    const auto answers = StreamBytes(library, sent);
    ASSERT_EQ(answers.size(), 1U) << reason;
    EXPECT_EQ(answers[0].error().reason(), reason);
  }
  EXPECT_EQ(library.side.EventCount(), 0U);
}

TEST(ExecuteStream, WantsToKnowTheCaller) {
  ServedLibrary library;
  grpc::ClientContext context;
  const auto stream = library.commands->ExecuteStream(&context);
  v1::ExecuteStreamResponse answer;

  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_EQ(stream->Finish().error_code(), grpc::UNAUTHENTICATED);
}

// The server's side is taken down with the stream; under the sanitizers a leak or a use after it
// would show.
TEST(ExecuteStream, SurvivesACallerThatHangsUp) {
  ServedLibrary library;
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    NameCaller(context);
    const auto stream = library.commands->ExecuteStream(&context);
    for (int i = 0; i < 50; ++i) {
      v1::ExecuteStreamRequest request;
      *request.add_requests() =
          ServedLibrary::Request(absl::StrCat("r", round, "-", i), 1, ANote());
      if (!stream->Write(request)) break;
    }
    context.TryCancel();
    EXPECT_FALSE(stream->Finish().ok());
  }
  v1::ExecuteResponse response;
  EXPECT_TRUE(library.Execute(ServedLibrary::Request("last", 1, ALoan()), &response).ok());
}

}  // namespace
}  // namespace apdr::command
