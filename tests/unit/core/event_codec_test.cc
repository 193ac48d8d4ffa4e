#include "engine/codec/event_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/codec/message_payload.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::codec {
namespace {

using apdr::testing::On;
using apdr::testing::library::v1::ItemLent;

core::Deadline ADeadline() {
  return {.timer = "D2",
          .due_on = On("2026-03-23"),
          .fires_on = On("2026-03-24"),
          .level = 1,
          .reminder = false,
          .past_when_recorded = true,
          .explanation = "due 2026-03-23 + 1 day",
          .subject = "SR1",
          .days_counted = 5,
          .counted_from = On("2026-03-16")};
}

EventHeader AHeader() {
  return {.event_id = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
          .stream = {TenantId("t1"), CaseId("case-1")},
          .version = CaseVersion(3),
          .actor = {.id = "p-17", .role = "librarian", .setting_id = "N", .on_behalf_of = "p-1"},
          .recorded_at = absl::FromUnixMicros(1772452800123456),
          .request_id = RequestId("r-1"),
          .correlation_id = "k-1",
          .causation_id = "e-0",
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
}

core::Event AnEvent() {
  ItemLent lent;
  lent.set_due_on("2026-03-23");
  return {.payload = MakePayload(std::move(lent)),
          .occurred_on = On("2026-03-02"),
          .policy = "library-2026@1",
          .departures = {{"RENEWALS_USED_UP", "nobody else is waiting", "p-17"}},
          .warnings = {{"RETURNED_LATE", "it was due earlier"}},
          .deadlines_started = {ADeadline()},
          .deadlines_stopped = {ADeadline()},
          .deadline_fired = "D2:2026-03-23:1",
          .deadlines_paused = {ADeadline()}};
}

TEST(EventCodec, ReadsBackEverythingItWrote) {
  const auto recorded = DecodeEvent(EventEncoder().Encode(AHeader(), AnEvent()));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->header, AHeader());
  const core::Event& event = recorded->event;
  const core::Event expected = AnEvent();
  EXPECT_EQ(As<ItemLent>(*event.payload).due_on(), "2026-03-23");
  EXPECT_EQ(event.occurred_on, expected.occurred_on);
  EXPECT_EQ(event.policy, expected.policy);
  EXPECT_EQ(event.departures, expected.departures);
  EXPECT_EQ(event.warnings, expected.warnings);
  EXPECT_EQ(event.deadlines_started, expected.deadlines_started);
  EXPECT_EQ(event.deadlines_stopped, expected.deadlines_stopped);
  EXPECT_EQ(event.deadlines_paused, expected.deadlines_paused);
  EXPECT_EQ(event.deadline_fired, expected.deadline_fired);
}

TEST(EventCodec, WritesTheSameBytesEveryTime) {
  EXPECT_EQ(EventEncoder().Encode(AHeader(), AnEvent()),
            EventEncoder().Encode(AHeader(), AnEvent()));
}

TEST(EventCodec, AnEncoderUsedAgainKeepsNothingOfTheEventBefore) {
  EventHeader bare;
  bare.version = CaseVersion(1);
  core::Deadline bare_deadline;
  bare_deadline.timer = "D1";
  bare_deadline.due_on = bare_deadline.fires_on = On("2026-03-02");
  core::Event plain;
  plain.payload = MakePayload(testing::library::v1::NoteAdded());
  plain.occurred_on = On("2026-03-02");
  plain.departures.resize(1);
  plain.warnings.resize(1);
  plain.deadlines_started = plain.deadlines_stopped = plain.deadlines_paused = {bare_deadline};
  EventEncoder encoder;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(encoder.Encode(AHeader(), AnEvent()),
              ToMessage(AHeader(), AnEvent()).SerializeAsString());
    EXPECT_EQ(encoder.Encode(bare, plain), ToMessage(bare, plain).SerializeAsString());
  }
}

TEST(EventCodec, LeavesTheLogsOwnNumbersOutOfTheStoredBytes) {
  const auto message = ParseEvent(EventEncoder().Encode(AHeader(), AnEvent()));
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->shard(), 0U);
  EXPECT_EQ(message->position(), 0U);
  EXPECT_EQ(message->schema_version(), 1U);
}

TEST(EventCodec, SaysThatBytesAreNoEnvelope) {
  EXPECT_EQ(DecodeEvent("\xff\xff\xff").status().code(), absl::StatusCode::kDataLoss);
}

TEST(EventCodec, SaysThatAPayloadTypeIsUnknown) {
  event::v1::Event message = ToMessage(AHeader(), AnEvent());
  message.mutable_data()->set_type_url("type.googleapis.com/apdr.testing.library.v1.Burnt");
  EXPECT_EQ(FromMessage(message).status().code(), absl::StatusCode::kNotFound);
}

TEST(EventCodec, SaysThatAPayloadDoesNotReadBack) {
  event::v1::Event message = ToMessage(AHeader(), AnEvent());
  message.mutable_data()->set_value("\xff\xff");
  EXPECT_EQ(FromMessage(message).status().code(), absl::StatusCode::kDataLoss);
}

TEST(EventCodec, SaysThatADateDoesNotReadBack) {
  event::v1::Event message = ToMessage(AHeader(), AnEvent());
  message.set_occurred_on("2026-02-30");
  EXPECT_EQ(FromMessage(message).status().code(), absl::StatusCode::kDataLoss);
}

TEST(EventCodec, SaysThatADeadlineDoesNotReadBack) {
  event::v1::Event started = ToMessage(AHeader(), AnEvent());
  started.mutable_deadlines_started(0)->set_due_on("soon");
  EXPECT_EQ(FromMessage(started).status().code(), absl::StatusCode::kDataLoss);
  event::v1::Event stopped = ToMessage(AHeader(), AnEvent());
  stopped.mutable_deadlines_stopped(0)->set_fires_on("");
  EXPECT_EQ(FromMessage(stopped).status().code(), absl::StatusCode::kDataLoss);
}

core::ActionSpec AnAction() {
  core::ActionSpec spec;
  spec.command = "Return";
  spec.title = "Return the item";
  spec.roles = {"borrower"};
  spec.timer = "D2";
  return spec;
}

event::v1::NextAction Filled(const core::NextAction& action, Date today) {
  event::v1::NextAction message;
  Fill(action, today, message);
  return message;
}

TEST(EventCodec, MarksANextActionOverdueFromTheDayAfterItsDate) {
  const core::ActionSpec spec = AnAction();
  const core::NextAction action{.spec = &spec, .roles = {"reader"}, .due_on = On("2026-03-23")};
  EXPECT_FALSE(Filled(action, On("2026-03-23")).overdue());
  EXPECT_TRUE(Filled(action, On("2026-03-24")).overdue());
  EXPECT_EQ(Filled(action, On("2026-03-24")).due_on(), "2026-03-23");
  EXPECT_THAT(Filled(action, On("2026-03-24")).roles(), ::testing::ElementsAre("reader"));
}

TEST(EventCodec, GivesANextActionWithoutADateNone) {
  const core::ActionSpec spec = AnAction();
  const core::NextAction action{.spec = &spec, .roles = {"reader"}, .due_on = std::nullopt};
  EXPECT_EQ(Filled(action, On("2026-03-24")).due_on(), "");
  EXPECT_FALSE(Filled(action, On("2026-03-24")).overdue());
}

}  // namespace
}  // namespace apdr::codec
