#include "services/command/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/command/reply.h"
#include "tests/support/command_side.h"

namespace apdr::command {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::CommandSide;
using apdr::testing::CountingIdSource;
using apdr::testing::On;
using apdr::testing::library::v1::AddNote;
using apdr::testing::library::v1::LendItem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const host::Caller kCaller{.tenant = TenantId("t1"),
                           .actor_id = "p-17",
                           .role = "librarian",
                           .setting_id = "NORTH",
                           .on_behalf_of = "",
                           .traceparent = "00-trace"};

template <class M>
v1::ExecuteRequest AMessage(const M& command) {
  v1::ExecuteRequest message;
  message.set_request_id("r1");
  message.set_case_id(CountingIdSource::Uuid(1));
  message.mutable_command()->PackFrom(command);
  return message;
}

class RequestParserTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::variant<Request, host::ErrorReply> Parse(
      const v1::ExecuteRequest& message, const host::Caller& caller = kCaller) const {
    return RequestParser(side_.workflow, side_.clock).Parse(message, caller);
  }
  [[nodiscard]] Request Good(const v1::ExecuteRequest& message,
                             const host::Caller& caller = kCaller) const {
    return std::get<Request>(Parse(message, caller));
  }

  CommandSide side_;
};

TEST_F(RequestParserTest, TakesWhatTheCallerSaid) {
  v1::ExecuteRequest message = AMessage(ANote());
  message.set_expected_version(3);
  message.set_occurred_on("2026-02-06");
  message.set_correlation_id("import-7");
  message.set_causation_id("event-1");
  event::v1::Departure& departure = *message.add_departures();
  departure.set_rule_code("NOTE_WITHOUT_LOSS");
  departure.set_reason("the desk was shut all week");
  departure.set_decided_by("p-18");

  const Request request = Good(message);

  EXPECT_EQ(request.stream, (StreamId{TenantId("t1"), CaseId(CountingIdSource::Uuid(1))}));
  EXPECT_EQ(request.request_id, RequestId("r1"));
  EXPECT_EQ(request.command.payload->type(), AddNote::descriptor()->full_name());
  EXPECT_EQ(std::get<CaseVersion>(request.command.expected), CaseVersion(3));
  EXPECT_EQ(request.command.occurred_on, On("2026-02-06"));
  EXPECT_THAT(
      request.command.departures,
      ElementsAre(core::Departure{"NOTE_WITHOUT_LOSS", "the desk was shut all week", "p-18"}));
  EXPECT_EQ(request.actor.id, "p-17");
  EXPECT_EQ(request.actor.setting_id, "NORTH");
  EXPECT_EQ(request.correlation_id, "import-7");
  EXPECT_EQ(request.causation_id, "event-1");
  EXPECT_EQ(request.traceparent, "00-trace");
  EXPECT_FALSE(request.preview);
}

TEST_F(RequestParserTest, FillsInTodayAndAnyVersion) {
  const Request request = Good(AMessage(ANote()));

  EXPECT_EQ(request.command.occurred_on, On("2026-03-02"));
  EXPECT_TRUE(std::holds_alternative<core::AnyVersion>(request.command.expected));
}

TEST_F(RequestParserTest, ReadsBothSidesOfExpectNew) {
  v1::ExecuteRequest message = AMessage(ALoan());
  message.set_expect_new(true);
  EXPECT_EQ(std::get<CaseVersion>(Good(message).command.expected), CaseVersion(0));
  message.set_expect_new(false);
  EXPECT_TRUE(std::holds_alternative<core::AnyVersion>(Good(message).command.expected));
}

TEST_F(RequestParserTest, TellsARepeatFromAReuseByContentAndCaller) {
  const v1::ExecuteRequest first = AMessage(ANote());
  v1::ExecuteRequest other_text = AMessage(ANote(/*settles=*/true));
  v1::ExecuteRequest other_date = first;
  other_date.set_occurred_on("2026-02-06");
  v1::ExecuteRequest other_case = first;
  other_case.set_case_id(CountingIdSource::Uuid(2));
  v1::ExecuteRequest departing = first;
  departing.add_departures()->set_rule_code("NOTE_WITHOUT_LOSS");
  v1::ExecuteRequest other_version = first;
  other_version.set_expected_version(9);
  host::Caller other_caller = kCaller;
  other_caller.actor_id = "p-18";

  const eventstore::RequestDigest digest = Good(first).digest;

  EXPECT_EQ(Good(first).digest, digest);
  EXPECT_EQ(Good(other_version).digest, digest) << "a retry may say what it has seen meanwhile";
  for (const v1::ExecuteRequest& other : {other_text, other_date, other_case, departing}) {
    EXPECT_NE(Good(other).digest, digest) << other.ShortDebugString();
  }
  EXPECT_NE(Good(first, other_caller).digest, digest);
}

TEST_F(RequestParserTest, PreviewsWithoutARequestId) {
  v1::PreviewRequest message;
  *message.mutable_request() = AMessage(ANote());
  message.mutable_request()->clear_request_id();

  const auto parsed = RequestParser(side_.workflow, side_.clock).ParsePreview(message, kCaller);

  EXPECT_TRUE(std::get<Request>(parsed).preview);
}

struct BadInput {
  const char* name;
  void (*spoil)(v1::ExecuteRequest&);
  grpc::StatusCode code;
  const char* reason;
  const char* says;
};

void PrintTo(const BadInput& input, std::ostream* out) { *out << input.name; }

LendItem Spoilt(void (*spoil)(LendItem&)) {
  LendItem command = ALoan();
  spoil(command);
  return command;
}

const BadInput kBadInputs[] = {
    {"request_id missing", [](v1::ExecuteRequest& m) { m.clear_request_id(); },
     grpc::INVALID_ARGUMENT, "FIELD_REQUIRED", "request_id must be given"},
    {"request_id with a space", [](v1::ExecuteRequest& m) { m.set_request_id("a b"); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "request_id must be 1 to 64 of"},
    {"request_id too long", [](v1::ExecuteRequest& m) { m.set_request_id(std::string(65, 'a')); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "request_id must be 1 to 64 of"},
    {"request_id of a timer", [](v1::ExecuteRequest& m) { m.set_request_id("timer:c:k@1"); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "request_id must be"},
    {"case_id missing", [](v1::ExecuteRequest& m) { m.clear_case_id(); }, grpc::INVALID_ARGUMENT,
     "FIELD_REQUIRED", "case_id must be given"},
    {"case_id is a name", [](v1::ExecuteRequest& m) { m.set_case_id("amira"); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "case_id must be a lower-case UUID"},
    {"case_id in upper case",
     [](v1::ExecuteRequest& m) { m.set_case_id("018F0000-0000-7000-8000-00000000000A"); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "case_id must be a lower-case UUID"},
    {"command missing", [](v1::ExecuteRequest& m) { m.clear_command(); }, grpc::INVALID_ARGUMENT,
     "FIELD_REQUIRED", "command must be given"},
    {"command of no type", [](v1::ExecuteRequest& m) { m.mutable_command()->clear_type_url(); },
     grpc::INVALID_ARGUMENT, "COMMAND_UNKNOWN", "is not a command of this workflow"},
    {"command nobody declares",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->set_type_url("type.googleapis.com/google.protobuf.Any");
     },
     grpc::INVALID_ARGUMENT, "COMMAND_UNKNOWN", "'google.protobuf.Any' is not a command"},
    {"an event as a command",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->set_type_url("type.googleapis.com/apdr.testing.library.v1.NoteAdded");
     },
     grpc::INVALID_ARGUMENT, "COMMAND_UNKNOWN", "is not a command of this workflow"},
    {"command bytes are none",
     [](v1::ExecuteRequest& m) { m.mutable_command()->set_value("\xff"); }, grpc::INVALID_ARGUMENT,
     "REQUEST_MALFORMED", "the bytes are not such a message"},
    {"text of a command is not UTF-8",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(AddNote());
       m.mutable_command()->set_value("\x0a\x02\xc3\x28");
     },
     grpc::INVALID_ARGUMENT, "TEXT_NOT_UTF8", "text in UTF-8"},
    {"occurred_on is no date", [](v1::ExecuteRequest& m) { m.set_occurred_on("2026-02-30"); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "occurred_on must be a date such as 2026-02-06"},
    {"departure without a rule", [](v1::ExecuteRequest& m) { m.add_departures(); },
     grpc::INVALID_ARGUMENT, "FIELD_REQUIRED", "departures[0].rule_code must be given"},
    {"correlation_id malformed", [](v1::ExecuteRequest& m) { m.set_correlation_id("a/b"); },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "correlation_id must be 1 to 64 of"},
    {"unknown field of the request",
     [](v1::ExecuteRequest& m) { m.GetReflection()->MutableUnknownFields(&m)->AddVarint(99, 1); },
     grpc::INVALID_ARGUMENT, "FIELD_UNKNOWN", "99 is not known to this server"},
    {"unknown field of the command",
     [](v1::ExecuteRequest& m) { m.mutable_command()->mutable_value()->append("\xf8\x07\x01"); },
     grpc::INVALID_ARGUMENT, "FIELD_UNKNOWN", "command.127 is not known to this server"},
    {"field of the command missing",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(Spoilt([](LendItem& lend) { lend.clear_card(); }));
     },
     grpc::INVALID_ARGUMENT, "FIELD_REQUIRED", "command.card must be given"},
    {"nested field of the command missing",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(
           Spoilt([](LendItem& lend) { lend.mutable_item()->clear_barcode(); }));
     },
     grpc::INVALID_ARGUMENT, "FIELD_REQUIRED", "command.item.barcode must be given"},
    {"number out of range",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(Spoilt([](LendItem& lend) { lend.set_days(91); }));
     },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "command.days must be between 1 and 90"},
    {"text too long",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(
           Spoilt([](LendItem& lend) { lend.mutable_item()->set_title(std::string(41, 'x')); }));
     },
     grpc::INVALID_ARGUMENT, "FIELD_INVALID", "command.item.title must have at most 40 characters"},
    {"unknown enum value",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(Spoilt([](LendItem& lend) {
         lend.mutable_item()->set_format(static_cast<apdr::testing::library::v1::Format>(77));
       }));
     },
     grpc::INVALID_ARGUMENT, "ENUM_UNKNOWN", "command.item.format has no value 77"},
    {"unspecified enum value",
     [](v1::ExecuteRequest& m) {
       m.mutable_command()->PackFrom(
           Spoilt([](LendItem& lend) { lend.mutable_item()->clear_format(); }));
     },
     grpc::INVALID_ARGUMENT, "FIELD_REQUIRED", "command.item.format must be given"},
};

class BadInputTest : public RequestParserTest, public ::testing::WithParamInterface<BadInput> {};

TEST_P(BadInputTest, IsRefusedWithACodeAndSaysWhatWasExpected) {
  v1::ExecuteRequest message = AMessage(ALoan());
  ASSERT_TRUE(std::holds_alternative<Request>(Parse(message)));
  GetParam().spoil(message);

  const auto parsed = Parse(message);

  ASSERT_TRUE(std::holds_alternative<host::ErrorReply>(parsed));
  const auto& error = std::get<host::ErrorReply>(parsed);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.reason, GetParam().reason);
  EXPECT_THAT(error.message, HasSubstr("Expected "));
  EXPECT_THAT(error.message, HasSubstr(GetParam().says));
  EXPECT_FALSE(error.metadata.empty()) << "the values the text mentions are missing";
}

INSTANTIATE_TEST_SUITE_P(BadInputs, BadInputTest, ::testing::ValuesIn(kBadInputs),
                         [](const auto& input) { return absl::StrCat("Input", input.index); });

TEST(ErrorReplies, NeverRepeatTheValueThatWasWrong) {
  const CommandSide side;
  LendItem command = ALoan();
  command.set_card("Amira Okafor");

  const auto parsed = RequestParser(side.workflow, side.clock).Parse(AMessage(command), kCaller);

  const auto& error = std::get<host::ErrorReply>(parsed);
  EXPECT_EQ(error.reason, "FIELD_INVALID");
  EXPECT_EQ(error.message.find("Amira"), std::string::npos);
  for (const auto& [key, value] : error.metadata) {
    EXPECT_EQ(value.find("Amira"), std::string::npos) << key;
  }
}

TEST(Reply, MapsEachKindOfNoToItsCode) {
  const std::pair<core::RejectionKind, grpc::StatusCode> kKinds[] = {
      {core::RejectionKind::kMalformed, grpc::INVALID_ARGUMENT},
      {core::RejectionKind::kUnknownCase, grpc::NOT_FOUND},
      {core::RejectionKind::kConflict, grpc::ABORTED},
      {core::RejectionKind::kReused, grpc::ALREADY_EXISTS},
      {core::RejectionKind::kNotAuthorised, grpc::PERMISSION_DENIED},
      {core::RejectionKind::kRefused, grpc::FAILED_PRECONDITION}};
  for (const auto& [kind, code] : kKinds) {
    const host::ErrorReply error = ToError({.kind = kind,
                                            .violations = {{"A", "a"}, {"B", "b"}},
                                            .message = "Expected to x, but a; and b.",
                                            .metadata = {{"k", "v"}}});
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.reason, "A");
    EXPECT_EQ(error.metadata.at("violations"), "A,B");
    EXPECT_EQ(error.metadata.at("k"), "v");
  }
}

template <class M>
M Parsed(const grpc::Slice& slice) {
  M message;
  EXPECT_TRUE(message.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
  return message;
}

template <class M>
M Parsed(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
  return Parsed<M>(slice);
}

TEST(Reply, GivesAStreamTheStatusOfAUnaryCall) {
  const host::ErrorReply error{.code = grpc::ABORTED,
                               .reason = "VERSION_CONFLICT",
                               .message = "Expected to x, but y.",
                               .metadata = {{"version", "3"}}};

  const auto answers = Parsed<v1::ExecuteStreamResponse>(StreamAnswer("r1", error));
  ASSERT_EQ(answers.answers_size(), 1);
  EXPECT_EQ(answers.answers(0).request_id(), "r1");
  const v1::CommandError& message = answers.answers(0).error();

  EXPECT_EQ(message.code(), 10U);
  EXPECT_EQ(message.reason(), "VERSION_CONFLICT");
  EXPECT_EQ(message.message(), error.message);
  EXPECT_EQ(message.metadata().at("version"), "3");
}

event::v1::Event AnEvent(std::uint64_t version) {
  event::v1::Event event;
  event.set_event_id(absl::StrCat("e", version));
  event.set_version(version);
  event.set_occurred_on("2026-03-02");
  return event;
}

// Version 4 with two events at positions 8 and 9 of shard 2.
Accepted AnAnswer(const core::ActionSpec& action) {
  return {.case_id = CaseId("c"),
          .version = CaseVersion(4),
          .shard = Shard(2),
          .position = Position(9),
          .events = {AnEvent(3).SerializeAsString(), AnEvent(4).SerializeAsString()},
          .warnings = {{.rule_code = "LOW_EVIDENCE", .message = "there is little"}},
          .deadlines = {{.timer = "D1", .due_on = {}, .fires_on = {}, .explanation = ""},
                        {.timer = "D2", .due_on = {}, .fires_on = {}, .explanation = ""}},
          .next_actions = {{.spec = &action, .roles = {"reader"}, .due_on = On("2026-03-01")}},
          .today = On("2026-03-02"),
          .repeated_request = true};
}

void ExpectWholeAnswer(const v1::ExecuteResponse& response) {
  EXPECT_EQ(response.case_id(), "c");
  EXPECT_EQ(response.version(), 4U);
  EXPECT_EQ(response.shard(), 2U);
  EXPECT_EQ(response.position(), 9U);
  ASSERT_EQ(response.events_size(), 2);
  event::v1::Event first = AnEvent(3);
  first.set_shard(2);
  first.set_position(8);
  EXPECT_EQ(response.events(0).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(response.events(1).position(), 9U);
  ASSERT_EQ(response.warnings_size(), 1);
  EXPECT_EQ(response.warnings(0).rule_code(), "LOW_EVIDENCE");
  ASSERT_EQ(response.next_actions_size(), 1);
  EXPECT_EQ(response.next_actions(0).title(), "Return the item");
  EXPECT_TRUE(response.next_actions(0).overdue());
  EXPECT_TRUE(response.repeated_request());
}

TEST(Reply, SaysTheWholeAnswer) {
  core::ActionSpec action;
  action.title = "Return the item";
  const Accepted accepted = AnAnswer(action);

  ExpectWholeAnswer(Parsed<v1::ExecuteResponse>(ExecuteAnswer(accepted)));
  const auto on_stream = Parsed<v1::ExecuteStreamResponse>(StreamAnswer("r1", accepted));
  ASSERT_EQ(on_stream.answers_size(), 1);
  EXPECT_EQ(on_stream.answers(0).request_id(), "r1");
  ExpectWholeAnswer(on_stream.answers(0).response());
}

TEST(Reply, SaysInAPreviewWhatThereWouldBeAndNoPlace) {
  core::ActionSpec action;
  action.title = "Return the item";
  Accepted accepted = AnAnswer(action);
  accepted.position = Position(0);

  const v1::PreviewResponse preview = ToPreviewResponse(accepted);

  EXPECT_EQ(preview.version(), 4U);
  ASSERT_EQ(preview.events_size(), 2);
  EXPECT_EQ(preview.events(1).SerializeAsString(), AnEvent(4).SerializeAsString());
  EXPECT_EQ(preview.deadlines_size(), 2);
  EXPECT_EQ(preview.next_actions_size(), 1);
}

}  // namespace
}  // namespace apdr::command
