#include "services/query/case_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/projection/rows/row_keys.h"
#include "tests/unit/query/library_fixture.h"

namespace apdr::query {
namespace {

using apdr::testing::ALoan;
using apdr::testing::ANote;
using apdr::testing::LibraryFixture;
using apdr::testing::Message;
using apdr::testing::Ok;
using apdr::testing::On;
using apdr::testing::Reason;
using apdr::testing::library::v1::MoveLoan;
using apdr::testing::library::v1::ReturnItem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Date kMonday = On("2026-03-02");

class CaseReaderTest : public LibraryFixture {
 protected:
  Reply<v1::GetCaseResponse> GetCase(const std::string& id, std::uint64_t min_position = 0,
                                     const host::Caller& caller = ACaller()) {
    v1::GetCaseRequest request;
    request.set_case_id(id);
    request.set_min_position(min_position);
    return cases.GetCase(caller, request);
  }

  static std::vector<std::string> Ids(const v1::ListCasesResponse& response) {
    std::vector<std::string> ids;
    for (const v1::CaseView& view : response.cases()) ids.push_back(view.case_id());
    return ids;
  }

  // "case timer due_on" without the constant part of the id.
  static std::vector<std::string> Due(const v1::ListDueResponse& response) {
    std::vector<std::string> due;
    for (const v1::DueItem& item : response.items()) {
      due.push_back(absl::StrCat(item.case_id().substr(35), " ", item.timer(), " ", item.due_on()));
    }
    return due;
  }

  template <class Request>
  Reply<v1::ListDueResponse> ListDue(Request request) {
    return cases.ListDue(ACaller(), request);
  }
};

using GetCaseTest = CaseReaderTest;

TEST_F(GetCaseTest, ShowsTheCaseAndHowFreshItIs) {
  Do(Case(1), ALoan(), kMonday);
  const auto reply = GetCase(Id(1));
  EXPECT_EQ(Ok(reply).case_().stage(), "lent");
  EXPECT_EQ(Ok(reply).as_of_position(), 1U);
}

TEST_F(GetCaseTest, SaysWhatIsOverdueToday) {
  Do(Case(1), ALoan(), kMonday);  // Due on 2026-03-23.
  clock.AdvanceTo(absl::FromCivil(absl::CivilHour(2026, 3, 23, 23), absl::UTCTimeZone()));
  EXPECT_FALSE(Ok(GetCase(Id(1))).case_().next_actions(0).overdue());
  clock.AdvanceTo(absl::FromCivil(absl::CivilHour(2026, 3, 24, 0), absl::UTCTimeZone()));
  EXPECT_TRUE(Ok(GetCase(Id(1))).case_().next_actions(0).overdue());
}

TEST_F(GetCaseTest, CountsDaysInLondonNotInUtc) {
  Do(Case(1), ALoan("slip", 35), kMonday);  // Due on 2026-04-06, in summer time.
  clock.AdvanceTo(absl::FromCivil(absl::CivilHour(2026, 4, 6, 23), absl::UTCTimeZone()));
  EXPECT_TRUE(Ok(GetCase(Id(1))).case_().next_actions(0).overdue());
}

TEST_F(GetCaseTest, KnowsNoCaseOfAnotherTenant) {
  Do(Case(1), ALoan(), kMonday);
  EXPECT_EQ(Reason(GetCase(Id(1), 0, ACaller("librarian", "t2"))), "CASE_UNKNOWN");
}

TEST_F(GetCaseTest, SaysThatACaseIsUnknown) { EXPECT_EQ(Reason(GetCase(Id(9))), "CASE_UNKNOWN"); }

TEST_F(GetCaseTest, RefusesAnIdThatIsNone) {
  EXPECT_EQ(Reason(GetCase("")), "FIELD_REQUIRED");
  EXPECT_EQ(Reason(GetCase("case-1")), "FIELD_INVALID");
  EXPECT_EQ(Message(GetCase("case-1")),
            "Expected to read the request, but case_id must be a lower-case UUID such as "
            "018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f.");
}

TEST_F(GetCaseTest, IsBehindUntilThePositionIsFolded) {
  Write(Case(1), ALoan(), kMonday);
  EXPECT_EQ(Reason(GetCase(Id(1), 1)), "READ_MODEL_BEHIND");
  Fold();
  EXPECT_EQ(Reason(GetCase(Id(1), 1)), "OK");
  EXPECT_EQ(Message(GetCase(Id(1), 2)),
            absl::StrCat("Expected to read at position 2 or later, but shard ",
                         ShardOf(Case(1).case_id, kShards).value(), " has been read up to 1."));
}

TEST_F(GetCaseTest, SaysThatARowDoesNotReadBack) {
  ASSERT_TRUE(
      model.Apply({.puts = {{projection::CaseKey(Case(1)), "x"}}, .deletes = {}, .progress = {}})
          .ok());
  EXPECT_EQ(Reason(GetCase(Id(1))), "STORE_DAMAGED");
}

using GetChronologyTest = CaseReaderTest;

TEST_F(GetChronologyTest, ListsEveryEventOldestFirstInPages) {
  Do(Case(1), ALoan(), kMonday);
  for (int i = 0; i < 4; ++i) Do(Case(1), ANote(), kMonday);
  v1::GetChronologyRequest request;
  request.set_case_id(Id(1));
  request.set_page_size(2);
  std::vector<std::uint64_t> versions;
  std::vector<int> sizes;
  do {
    const auto reply = cases.GetChronology(ACaller(), request);
    for (const event::v1::Event& event : Ok(reply).events()) versions.push_back(event.version());
    sizes.push_back(Ok(reply).events_size());
    EXPECT_EQ(Ok(reply).as_of_position(), 5U);
    request.set_page_token(Ok(reply).next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(versions, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

TEST_F(GetChronologyTest, GivesWholeEventsWithTheirPlaceInTheLog) {
  Do(Case(1), ALoan(), kMonday);
  v1::GetChronologyRequest request;
  request.set_case_id(Id(1));
  const auto reply = cases.GetChronology(ACaller("parent"), request);
  ASSERT_EQ(Ok(reply).events_size(), 1);
  const event::v1::Event& event = Ok(reply).events(0);
  EXPECT_EQ(event.position(), 1U);
  EXPECT_EQ(event.actor().id(), "p-17");
  EXPECT_EQ(event.data().type_url(), "type.googleapis.com/apdr.testing.library.v1.ItemLent");
}

TEST_F(GetChronologyTest, RefusesWhatIsWrong) {
  Do(Case(1), ALoan(), kMonday);
  v1::GetChronologyRequest request;
  EXPECT_EQ(Reason(cases.GetChronology(ACaller(), request)), "FIELD_REQUIRED");
  request.set_case_id(Id(2));
  EXPECT_EQ(Reason(cases.GetChronology(ACaller(), request)), "CASE_UNKNOWN");
  request.set_case_id(Id(1));
  request.set_min_position(9);
  EXPECT_EQ(Reason(cases.GetChronology(ACaller(), request)), "READ_MODEL_BEHIND");
  request.set_page_size(1001);
  EXPECT_EQ(Reason(cases.GetChronology(ACaller(), request)), "PAGE_SIZE_INVALID");
}

TEST_F(GetChronologyTest, StopsAPageThatGrowsTooLarge) {
  Do(Case(1), ALoan(), kMonday);
  for (int i = 0; i < 400; ++i) {
    auto note = ANote();
    note.set_text(std::string(4000, 'x'));
    Write(Case(1), std::move(note), kMonday);
  }
  Fold();
  v1::GetChronologyRequest request;
  request.set_case_id(Id(1));
  request.set_page_size(1000);
  const auto reply = cases.GetChronology(ACaller(), request);
  EXPECT_LT(Ok(reply).ByteSizeLong(), 2U << 20);
  EXPECT_GT(Ok(reply).events_size(), 200);
  EXPECT_NE(Ok(reply).next_page_token(), "");
}

class ListCasesTest : public CaseReaderTest {
 protected:
  void SetUp() override {
    Do(Case(1), ALoanAt("NORTH", "R1"), kMonday);
    Do(Case(2), ALoanAt("SOUTH", "R1"), kMonday);
    Do(Case(3), ALoanAt("NORTH", "R2"), kMonday);
    Do(Case(4), ALoanAt("NORTH", "R1"), kMonday);
    Do(Case(4), ReturnItem(), kMonday);
    Do(Case(5, "t2"), ALoanAt("NORTH", "R1"), kMonday);
  }
  Reply<v1::ListCasesResponse> List() { return cases.ListCases(ACaller(), request); }

  v1::ListCasesRequest request;
};

TEST_F(ListCasesTest, ListsTheTenantsCasesInOrderOfId) {
  const auto reply = List();
  EXPECT_THAT(Ids(Ok(reply)), ElementsAre(Id(1), Id(2), Id(3), Id(4)));
  EXPECT_EQ(Ok(reply).next_page_token(), "");
  EXPECT_THAT(Ok(reply).as_of_positions(), SizeIs(kShards));
}

TEST_F(ListCasesTest, KeepsToEveryCondition) {
  request.set_setting_id("NORTH");
  EXPECT_THAT(Ids(Ok(List())), ElementsAre(Id(1), Id(3), Id(4)));
  request.set_stage("lent");
  EXPECT_THAT(Ids(Ok(List())), ElementsAre(Id(1), Id(3)));
  request.set_authority_id("R2");
  EXPECT_THAT(Ids(Ok(List())), ElementsAre(Id(3)));
  request.clear_setting_id();
  EXPECT_THAT(Ids(Ok(List())), ElementsAre(Id(3)));
  request.set_stage("returned");
  EXPECT_THAT(Ids(Ok(List())), IsEmpty());
}

TEST_F(ListCasesTest, RefusesAStageThatTheWorkflowDoesNotHave) {
  request.set_stage("burnt");
  EXPECT_EQ(Reason(List()), "FIELD_INVALID");
  EXPECT_THAT(Message(List()), HasSubstr("stage must be one of lent, lost, returned"));
}

TEST_F(ListCasesTest, PagesThroughAListWhileCasesMoveIn) {
  request.set_setting_id("NORTH");
  request.set_page_size(1);
  std::vector<std::string> ids;
  do {
    const auto reply = List();
    for (const std::string& id : Ids(Ok(reply))) ids.push_back(id);
    request.set_page_token(Ok(reply).next_page_token());
    if (ids.size() == 1) {
      MoveLoan move;
      move.set_branch_id("NORTH");
      Do(Case(2), std::move(move), kMonday);
    }
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, ElementsAre(Id(1), Id(2), Id(3), Id(4)));
}

TEST_F(ListCasesTest, IsNotForParents) {
  const auto reply = cases.ListCases(ACaller("parent"), request);
  EXPECT_EQ(Reason(reply), "NOT_AUTHORISED");
  EXPECT_EQ(Message(reply),
            "Expected to list cases, but the role 'parent' may read only a case that it names.");
}

TEST_F(ListCasesTest, RefusesATokenOfAnotherList) {
  request.set_page_size(1);
  const std::string token = Ok(List()).next_page_token();
  request.set_page_token(token);
  EXPECT_EQ(Reason(List()), "OK");
  request.set_page_size(2);  // The size of a page is no condition.
  EXPECT_EQ(Reason(List()), "OK");
  request.set_stage("lent");
  EXPECT_EQ(Reason(List()), "PAGE_TOKEN_INVALID");
  request.clear_stage();
  EXPECT_EQ(Reason(cases.ListCases(ACaller("librarian", "t2"), request)), "PAGE_TOKEN_INVALID");
  for (const char* bad : {"x", "!!!", "AQ", "AQAAAAAAAAAAAAAA"}) {
    request.set_page_token(bad);
    EXPECT_EQ(Reason(List()), "PAGE_TOKEN_INVALID") << bad;
  }
}

class ListDueTest : public CaseReaderTest {
 protected:
  void SetUp() override {
    Do(Case(1), ALoanAt("NORTH", "R1", 21), kMonday);                // 2026-03-23
    Do(Case(2), ALoanAt("SOUTH", "R2", 7), kMonday);                 // 2026-03-09
    Do(Case(3), ALoanAt("NORTH", "R1", 14), kMonday);                // 2026-03-16
    Do(Case(3), apdr::testing::library::v1::ReportLost(), kMonday);  // D3: 2026-04-01
    Do(Case(4, "t2"), ALoanAt("NORTH", "R1", 7), kMonday);
  }
  Reply<v1::ListDueResponse> List() { return cases.ListDue(ACaller(), request); }

  v1::ListDueRequest request;
};

TEST_F(ListDueTest, RefusesATimerThatTheWorkflowDoesNotHave) {
  request.add_timers("D2");
  request.add_timers("D9");
  EXPECT_EQ(Reason(List()), "FIELD_INVALID");
  EXPECT_THAT(Message(List()), HasSubstr("timers must be one of D1, D2, D3"));
}

TEST_F(ListDueTest, ListsWhatIsDueEarliestFirst) {
  const auto reply = List();
  EXPECT_THAT(Due(Ok(reply)), ElementsAre("2 D2 2026-03-09", "1 D2 2026-03-23", "3 D3 2026-04-01"));
  const v1::DueItem& item = Ok(reply).items(0);
  EXPECT_EQ(item.title(), "Loan overdue");
  EXPECT_EQ(item.stage(), "lent");
  EXPECT_EQ(item.setting_id(), "SOUTH");
  EXPECT_EQ(item.authority_id(), "R2");
  EXPECT_THAT(item.roles(), ElementsAre("borrower", "librarian"));
  EXPECT_FALSE(item.overdue());
}

TEST_F(ListDueTest, KeepsToEveryCondition) {
  request.set_setting_id("NORTH");
  EXPECT_THAT(Due(Ok(List())), ElementsAre("1 D2 2026-03-23", "3 D3 2026-04-01"));
  request.add_timers("D2");
  EXPECT_THAT(Due(Ok(List())), ElementsAre("1 D2 2026-03-23"));
  request.clear_setting_id();
  request.set_authority_id("R2");
  EXPECT_THAT(Due(Ok(List())), ElementsAre("2 D2 2026-03-09"));
}

TEST_F(ListDueTest, IncludesTheLastDateAskedFor) {
  request.set_due_until("2026-03-23");
  EXPECT_THAT(Due(Ok(List())), ElementsAre("2 D2 2026-03-09", "1 D2 2026-03-23"));
  request.set_due_until("2026-03-22");
  EXPECT_THAT(Due(Ok(List())), ElementsAre("2 D2 2026-03-09"));
}

TEST_F(ListDueTest, CountsDaysOverdueFromToday) {
  request.set_overdue_only(true);
  EXPECT_THAT(Due(Ok(List())), IsEmpty());
  clock.AdvanceTo(HourOf(On("2026-03-09"), 12, module.definition().zone));
  EXPECT_THAT(Due(Ok(List())), IsEmpty());
  clock.AdvanceTo(HourOf(On("2026-03-12"), 12, module.definition().zone));
  const auto reply = List();
  ASSERT_THAT(Due(Ok(reply)), ElementsAre("2 D2 2026-03-09"));
  EXPECT_TRUE(Ok(reply).items(0).overdue());
  EXPECT_EQ(Ok(reply).items(0).days_overdue(), 3U);
}

TEST_F(ListDueTest, PagesThroughTheList) {
  request.set_page_size(1);
  std::vector<std::string> due;
  do {
    const auto reply = List();
    for (const std::string& one : Due(Ok(reply))) due.push_back(one);
    request.set_page_token(Ok(reply).next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(due, ElementsAre("2 D2 2026-03-09", "1 D2 2026-03-23", "3 D3 2026-04-01"));
}

TEST_F(ListDueTest, RefusesWhatIsWrong) {
  request.set_due_until("soon");
  EXPECT_EQ(Reason(List()), "FIELD_INVALID");
  request.set_due_until("2026-02-30");
  EXPECT_EQ(Reason(List()), "FIELD_INVALID");
  EXPECT_EQ(Reason(cases.ListDue(ACaller("child"), request)), "NOT_AUTHORISED");
}

TEST_F(ListDueTest, SaysThatARowDoesNotReadBack) {
  const std::string key = projection::DueKey(
      TenantId("t1"), {.due_on = kMonday, .case_id = CaseId("x"), .timer = "D2"});
  ASSERT_TRUE(model.Apply({.puts = {{key, "\xff"}}, .deletes = {}, .progress = {}}).ok());
  EXPECT_EQ(Reason(List()), "STORE_DAMAGED");
}

}  // namespace
}  // namespace apdr::query
