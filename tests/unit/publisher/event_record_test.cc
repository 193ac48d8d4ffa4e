#include "services/bus/record/event_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/codec/event_codec.h"
#include "engine/codec/message_payload.h"
#include "tests/support/library_loan_domain/loan_desk.h"

namespace apdr::bus {
namespace {

using apdr::testing::On;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

codec::EventHeader AHeader() {
  return {.event_id = "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
          .stream = {TenantId("t1"), CaseId("case-1")},
          .version = CaseVersion(3),
          .actor = {.id = "p-17", .role = "librarian", .setting_id = "", .on_behalf_of = ""},
          .recorded_at = absl::FromUnixMicros(1772452800123456),
          .request_id = RequestId("r-1"),
          .correlation_id = "",
          .causation_id = "",
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
}

eventstore::StoredCommit ACommit(const codec::EventHeader& header) {
  apdr::testing::library::v1::NoteAdded note;
  note.set_text("Torn by Sam");
  core::Event event{.payload = codec::MakePayload(std::move(note)),
                    .occurred_on = On("2026-03-02"),
                    .policy = "library-2026@1",
                    .departures = {},
                    .warnings = {},
                    .deadlines_started = {},
                    .deadlines_stopped = {},
                    .deadline_fired = "D2:2026-03-23:1"};
  eventstore::StoredCommit stored;
  stored.commit.events = {codec::EventEncoder().Encode(header, event),
                          codec::EventEncoder().Encode(header, event)};
  stored.place = {.shard = Shard(2), .first_position = Position(41)};
  return stored;
}

TEST(EventRecord, CarriesTheWholeEventWithItsShardAndPosition) {
  const auto event = OutgoingEvent(ACommit(AHeader()), 1);
  ASSERT_TRUE(event.ok()) << event.status();
  const Record record = MakeEventRecord(*event);
  EXPECT_EQ(record.shard, Shard(2));
  EXPECT_EQ(record.position, Position(42));
  EXPECT_EQ(record.key, "case-1");
  event::v1::Event value;
  ASSERT_TRUE(value.ParseFromString(record.value));
  EXPECT_EQ(value.shard(), 2U);
  EXPECT_EQ(value.position(), 42U);
  EXPECT_EQ(value.event_id(), AHeader().event_id);
}

TEST(EventRecord, DescribesTheEventInCloudEventsHeaders) {
  const auto event = OutgoingEvent(ACommit(AHeader()), 1);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_THAT(
      MakeEventRecord(*event).headers,
      ElementsAre(Pair("content-type", "application/protobuf"), Pair("ce_specversion", "1.0"),
                  Pair("ce_id", "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f"),
                  Pair("ce_source", "/apdr/t1"),
                  Pair("ce_type", "apdr.testing.library.v1.NoteAdded"),
                  Pair("ce_subject", "case-1"), Pair("ce_time", "2026-03-02T12:00:00.123456Z"),
                  Pair("ce_dataschema", "https://type.googleapis.com/apdr.event.v1.Event"),
                  Pair("ce_sequence", "00000000000000000042"), Pair("ce_partitionkey", "case-1"),
                  Pair("traceparent", AHeader().traceparent)));
}

TEST(EventRecord, LeavesOutATraceparentThatIsNotOne) {
  for (const char* text :
       {"", "Sam Smith", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"}) {
    codec::EventHeader header = AHeader();
    header.traceparent = text;
    const auto event = OutgoingEvent(ACommit(header), 0);
    ASSERT_TRUE(event.ok()) << event.status();
    EXPECT_EQ(MakeEventRecord(*event).headers.back().first, "ce_partitionkey") << text;
  }
}

TEST(EventRecord, SaysThatStoredBytesDoNotReadBack) {
  eventstore::StoredCommit stored = ACommit(AHeader());
  stored.commit.events[1] = "\xff";
  EXPECT_EQ(OutgoingEvent(stored, 1).status().code(), absl::StatusCode::kDataLoss);
}

TEST(NoticeRecord, SaysWhatChangedWhereAndWhen) {
  const auto event = OutgoingEvent(ACommit(AHeader()), 0);
  ASSERT_TRUE(event.ok()) << event.status();
  const Record record = MakeNoticeRecord(*event);
  EXPECT_EQ(record.position, Position(41));
  EXPECT_EQ(record.key, "case-1");
  event::v1::Notice notice;
  ASSERT_TRUE(notice.ParseFromString(record.value));
  EXPECT_EQ(notice.notice_id(), AHeader().event_id);
  EXPECT_EQ(notice.tenant_id(), "t1");
  EXPECT_EQ(notice.event_type(), "apdr.testing.library.v1.NoteAdded");
  EXPECT_EQ(notice.occurred_on(), "2026-03-02");
  EXPECT_EQ(notice.due_on(), "2026-03-23");
  EXPECT_EQ(notice.recorded_time().seconds(), 1772452800);
  EXPECT_THAT(record.headers, Contains(Pair("ce_id", AHeader().event_id)));
  EXPECT_THAT(record.headers, Contains(Pair("ce_source", "/apdr/t1/notices")));
}

TEST(NoticeRecord, HoldsNothingOfThePayload) {
  const auto event = OutgoingEvent(ACommit(AHeader()), 0);
  ASSERT_TRUE(event.ok()) << event.status();
  const Record record = MakeNoticeRecord(*event);
  EXPECT_EQ(record.value.find("Sam"), std::string::npos);
  for (const auto& [name, value] : record.headers) EXPECT_EQ(value.find("Sam"), std::string::npos);
}

// The key of a deadline that runs beside others names its subject too.
TEST(NoticeRecord, NamesTheDueDateOfADeadlineWithASubject) {
  auto event = OutgoingEvent(ACommit(AHeader()), 0);
  ASSERT_TRUE(event.ok()) << event.status();
  event->set_deadline_fired("D3:2026-05-01:0:SR1");
  event::v1::Notice notice;
  ASSERT_TRUE(notice.ParseFromString(MakeNoticeRecord(*event).value));
  EXPECT_EQ(notice.due_on(), "2026-05-01");
}

TEST(NoticeRecord, HasNoDueDateUnlessADeadlineWasReached) {
  auto event = OutgoingEvent(ACommit(AHeader()), 0);
  ASSERT_TRUE(event.ok()) << event.status();
  for (const char* key : {"", "D2", "D2:soon:1"}) {
    event->set_deadline_fired(key);
    event::v1::Notice notice;
    ASSERT_TRUE(notice.ParseFromString(MakeNoticeRecord(*event).value));
    EXPECT_EQ(notice.due_on(), "") << key;
  }
}

}  // namespace
}  // namespace apdr::bus
