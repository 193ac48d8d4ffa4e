#include "services/query/audit_reader.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include "services/projection/rows/row_keys.h"
#include "services/projection/rows/row_values.h"
#include "tests/unit/query/library_fixture.h"

namespace apdr::query {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::Borrower;
using apdr::testing::LibraryFixture;
using apdr::testing::Message;
using apdr::testing::Ok;
using apdr::testing::On;
using apdr::testing::Reason;
using apdr::testing::library::v1::ReportLost;
using apdr::testing::library::v1::ReturnItem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Date kMonday = On("2026-03-02");
const Date kTuesday = On("2026-03-03");
const Date kWednesday = On("2026-03-04");

class AuditReaderTest : public LibraryFixture {
 protected:
  // Three cases of three shards and one of another tenant, in this order in time.
  void SetUp() override {
    Do(Case(1), ALoan(), kMonday);
    Do(Case(2), ALoan(), kMonday);
    Do(Case(1), ReportLost(), kTuesday, Borrower());
    Do(Case(9, "t2"), ALoan(), kTuesday);
    Do(Case(3), ALoan(), kTuesday);
    Do(Case(1), ReturnItem(), kWednesday);  // Two events.
    request.set_order(v1::ORDER_OLDEST_FIRST);
  }

  Reply<v1::ListEventsResponse> List() { return audit.ListEvents(ACaller(), request); }

  // "case type".
  static std::vector<std::string> Events(const v1::ListEventsResponse& response) {
    std::vector<std::string> events;
    for (const v1::AuditRow& row : response.rows()) {
      const std::string& url = row.event().data().type_url();
      events.push_back(
          absl::StrCat(row.event().case_id().substr(35), " ", url.substr(url.rfind('.') + 1)));
    }
    return events;
  }

  std::vector<std::string> AllPages() {
    std::vector<std::string> events;
    do {
      const auto reply = List();
      for (const std::string& event : Events(Ok(reply))) events.push_back(event);
      request.set_page_token(Ok(reply).next_page_token());
    } while (!request.page_token().empty());
    return events;
  }

  static google::protobuf::Timestamp At(Date date, int hour) {
    return google::protobuf::util::TimeUtil::SecondsToTimestamp(
        absl::ToUnixSeconds(absl::FromCivil(absl::CivilHour(date) + hour, absl::UTCTimeZone())));
  }

  v1::ListEventsRequest request;
};

TEST_F(AuditReaderTest, ListsEventsOfAllShardsByTheTimeTheyWereRecorded) {
  const auto reply = List();
  EXPECT_THAT(Events(Ok(reply)), ElementsAre("1 ItemLent", "2 ItemLent", "1 ItemReportedLost",
                                             "3 ItemLent", "1 NoteAdded", "1 ItemReturned"));
  EXPECT_THAT(Ok(reply).as_of_positions(), SizeIs(kShards));
}

TEST_F(AuditReaderTest, SaysWhoDidWhatWhenAndWhy) {
  request.set_actor_id("c-9");
  const auto reply = List();
  ASSERT_THAT(Ok(reply).rows(), SizeIs(1));
  const event::v1::Event& event = Ok(reply).rows(0).event();
  EXPECT_EQ(event.actor().role(), "borrower");
  EXPECT_EQ(event.occurred_on(), "2026-03-03");
  EXPECT_NE(event.recorded_time().seconds(), 0);
  EXPECT_NE(event.request_id(), "");
}

TEST_F(AuditReaderTest, ListsTheNewestFirstUnlessToldOtherwise) {
  request.clear_order();
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReturned", "1 NoteAdded", "3 ItemLent",
                                              "1 ItemReportedLost", "2 ItemLent", "1 ItemLent"));
}

TEST_F(AuditReaderTest, KeepsToACase) {
  request.set_case_id(Id(1));
  EXPECT_THAT(Events(Ok(List())),
              ElementsAre("1 ItemLent", "1 ItemReportedLost", "1 NoteAdded", "1 ItemReturned"));
  request.set_order(v1::ORDER_NEWEST_FIRST);
  request.set_actor_id("p-17");
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReturned", "1 NoteAdded", "1 ItemLent"));
  request.set_case_id(Id(7));
  EXPECT_THAT(Events(Ok(List())), IsEmpty());
}

TEST_F(AuditReaderTest, KeepsToATypeByItsFullNameOrItsLastPart) {
  request.set_event_type("ItemLent");
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemLent", "2 ItemLent", "3 ItemLent"));
  request.set_event_type("apdr.testing.library.v1.ItemLent");
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemLent", "2 ItemLent", "3 ItemLent"));
  request.set_actor_id("c-9");
  EXPECT_THAT(Events(Ok(List())), IsEmpty());
}

TEST_F(AuditReaderTest, KeepsToTheRoleOfTheActor) {
  request.set_actor_role("borrower");
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReportedLost"));
  request.set_case_id(Id(1));
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReportedLost"));
  request.set_event_type("ItemLent");
  EXPECT_THAT(Events(Ok(List())), IsEmpty());
}

TEST_F(AuditReaderTest, KeepsToTheSettingForWhichTheActorActed) {
  core::Actor actor = apdr::testing::Librarian();
  actor.setting_id = "B1";
  Do(Case(4), ALoanAt("B1"), kWednesday, actor);
  request.set_setting_id("B1");
  EXPECT_THAT(Events(Ok(List())), ElementsAre("4 ItemLent"));
  request.set_setting_id("B2");
  EXPECT_THAT(Events(Ok(List())), IsEmpty());
}

TEST_F(AuditReaderTest, CountsWhatItWouldList) {
  const auto count = [&] {
    v1::CountEventsRequest asked;
    *asked.mutable_conditions() = request;
    const auto reply = audit.CountEvents(ACaller(), asked);
    EXPECT_THAT(Ok(reply).next_page_token(), IsEmpty());
    EXPECT_THAT(Ok(reply).as_of_positions(), SizeIs(kShards));
    return Ok(reply).count();
  };
  EXPECT_EQ(count(), 6);
  request.set_actor_role("borrower");
  EXPECT_EQ(count(), 1);
  request.set_case_id(Id(1));
  EXPECT_EQ(count(), 1);
  request.clear_actor_role();
  request.set_order(v1::ORDER_NEWEST_FIRST);  // Does not count.
  EXPECT_EQ(count(), 4);
}

TEST_F(AuditReaderTest, CountsPartByPart) {
  constexpr int kMany = 20500;
  for (int i = 0; i < kMany; ++i) {
    const projection::AuditPlace place{.recorded_at = absl::FromUnixSeconds(i),
                                       .shard = Shard(0),
                                       .position = Position(1000000U + static_cast<unsigned>(i))};
    projection::AuditEntry entry;
    entry.case_id = Case(8).case_id;
    entry.actor_role = "borrower";
    ASSERT_TRUE(model
                    .Apply({.puts = {{projection::AuditKey(TenantId("t1"), place),
                                      projection::EncodeAuditEntry(entry)}}})
                    .ok());
  }
  v1::CountEventsRequest asked;
  asked.mutable_conditions()->set_actor_role("borrower");
  std::uint64_t count = 0;
  int parts = 0;
  do {
    const auto reply = audit.CountEvents(ACaller(), asked);
    count += Ok(reply).count();
    asked.set_page_token(Ok(reply).next_page_token());
    ++parts;
  } while (!asked.page_token().empty());
  EXPECT_EQ(count, kMany + 1);
  EXPECT_EQ(parts, 2);
}

TEST_F(AuditReaderTest, CountsOnlyForThoseWhoMayList) {
  const auto reply = audit.CountEvents(ACaller("parent"), {});
  EXPECT_EQ(Reason(reply), "NOT_AUTHORISED");
}

TEST_F(AuditReaderTest, KeepsToThePeriodOfRecording) {
  *request.mutable_recorded_from() = At(kTuesday, 0);
  *request.mutable_recorded_until() = At(kWednesday, 0);
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReportedLost", "3 ItemLent"));
  request.set_case_id(Id(1));
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReportedLost"));
  *request.mutable_recorded_from() = At(kWednesday, 0);  // From after until: nothing.
  EXPECT_THAT(Events(Ok(List())), IsEmpty());
}

TEST_F(AuditReaderTest, BoundsThePeriodToTheNanosecond) {
  const auto all = List();
  const google::protobuf::Timestamp first = Ok(all).rows(0).event().recorded_time();
  *request.mutable_recorded_from() = first;
  EXPECT_THAT(Ok(List()).rows(), SizeIs(6));
  request.mutable_recorded_from()->set_nanos(first.nanos() + 1);
  EXPECT_THAT(Ok(List()).rows(), SizeIs(5));
  request.clear_recorded_from();
  *request.mutable_recorded_until() = first;
  EXPECT_THAT(Ok(List()).rows(), IsEmpty());
  request.mutable_recorded_until()->set_nanos(first.nanos() + 1);
  EXPECT_THAT(Ok(List()).rows(), SizeIs(1));
}

TEST_F(AuditReaderTest, KeepsToTheDatesOnWhichItHappened) {
  request.set_occurred_from("2026-03-03");
  EXPECT_THAT(Ok(List()).rows(), SizeIs(4));
  request.set_occurred_until("2026-03-03");
  EXPECT_THAT(Events(Ok(List())), ElementsAre("1 ItemReportedLost", "3 ItemLent"));
}

TEST_F(AuditReaderTest, PagesInBothDirections) {
  request.set_page_size(2);
  const std::vector<std::string> oldest_first = AllPages();
  EXPECT_THAT(oldest_first, SizeIs(6));
  request.set_order(v1::ORDER_NEWEST_FIRST);
  std::vector<std::string> newest_first = AllPages();
  std::ranges::reverse(newest_first);
  EXPECT_EQ(oldest_first, newest_first);
}

TEST_F(AuditReaderTest, RepeatsAndSkipsNothingWhenEventsAreWrittenBetweenPages) {
  for (const v1::Order order : {v1::ORDER_NEWEST_FIRST, v1::ORDER_OLDEST_FIRST}) {
    request.set_order(order);
    request.set_page_size(4);
    request.clear_page_token();
    const auto first = List();
    Do(Case(2), ANote(), kWednesday);
    request.set_page_token(Ok(first).next_page_token());
    const auto second = List();
    std::vector<std::string> seen = Events(Ok(first));
    for (const std::string& event : Events(Ok(second))) seen.push_back(event);
    // Newest first: what came since lies before the first page. Oldest first: it comes at the end.
    EXPECT_THAT(seen, SizeIs(order == v1::ORDER_NEWEST_FIRST ? 6 : 8));
  }
}

TEST_F(AuditReaderTest, ShowsNothingOfAnotherTenant) {
  const auto reply = audit.ListEvents(ACaller("librarian", "t2"), request);
  EXPECT_THAT(Events(Ok(reply)), ElementsAre("9 ItemLent"));
  request.set_case_id(Id(1));
  EXPECT_THAT(Ok(audit.ListEvents(ACaller("librarian", "t2"), request)).rows(), IsEmpty());
}

TEST_F(AuditReaderTest, LetsAParentSeeOnlyACaseThatTheyName) {
  EXPECT_EQ(Reason(audit.ListEvents(ACaller("parent"), request)), "NOT_AUTHORISED");
  request.set_case_id(Id(1));
  EXPECT_EQ(Reason(audit.ListEvents(ACaller("parent"), request)), "OK");
}

TEST_F(AuditReaderTest, RefusesWhatIsWrong) {
  const auto with = [&](const auto& change) {
    v1::ListEventsRequest changed = request;
    change(changed);
    return Reason(audit.ListEvents(ACaller(), changed));
  };
  EXPECT_EQ(with([](auto& r) { r.set_case_id("1"); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_event_type("Burnt"); }), "EVENT_TYPE_UNKNOWN");
  EXPECT_EQ(with([](auto& r) { r.set_occurred_from("2026-2-6"); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_occurred_until("x"); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.mutable_recorded_from()->set_nanos(-1); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.mutable_recorded_until()->set_seconds(INT64_MAX); }),
            "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) {
              r.set_occurred_from("2026-02-06");
              r.set_occurred_until("2026-02-05");
            }),
            "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) {
              r.mutable_recorded_from()->set_seconds(1000);
              r.mutable_recorded_until()->set_seconds(999);
            }),
            "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_order(static_cast<v1::Order>(7)); }), "ENUM_UNKNOWN");
  EXPECT_EQ(with([](auto& r) { r.set_page_size(1001); }), "PAGE_SIZE_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_page_token("x"); }), "PAGE_TOKEN_INVALID");
}

TEST_F(AuditReaderTest, RefusesATokenOfTheOtherOrder) {
  request.set_page_size(2);
  request.set_page_token(Ok(List()).next_page_token());
  request.set_order(v1::ORDER_NEWEST_FIRST);
  EXPECT_EQ(Reason(List()), "PAGE_TOKEN_INVALID");
}

TEST_F(AuditReaderTest, SaysThatAnEventIsMissing) {
  ASSERT_TRUE(model
                  .Apply({.puts = {},
                          .deletes = {projection::ChronologyKey(Case(2), CaseVersion(1))},
                          .progress = {}})
                  .ok());
  EXPECT_EQ(Reason(List()), "STORE_DAMAGED");
}

}  // namespace
}  // namespace apdr::query
