#include "services/exports/export_reader.h"

#include <gmock/gmock.h>

#include "apdr/sen/v1/governance.pb.h"
#include "services/exports/census.h"
#include "services/projection/rows/row_keys.h"
#include "tests/unit/exports/export_fixture.h"

namespace apdr::exports {
namespace {

using apdr::testing::AppendBytes;
using apdr::testing::ExportFixture;
using apdr::testing::On;
using apdr::testing::UpnNumber;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ExportReaderTest : public ExportFixture {
 protected:
  static sen::v1::ListCensusRowsRequest Spring(const std::string& on = "") {
    sen::v1::ListCensusRowsRequest request;
    request.set_term(sen::v1::CENSUS_TERM_SPRING);
    request.set_on(on);
    return request;
  }

  // "K SPLD 1" with the rules it breaks, for every row.
  std::vector<std::string> Census(const sen::v1::ListCensusRowsRequest& request) {
    Fold();
    const auto reply = reader.ListCensusRows(As("senco"), request);
    std::vector<std::string> rows;
    for (const auto& row : Ok(reply).rows()) {
      std::string text = CodeOf(row.provision());
      for (const auto& need : row.needs()) {
        absl::StrAppend(&text, " ", need.sen_type(), " ", need.rank());
      }
      for (const auto& finding : row.findings()) absl::StrAppend(&text, " breaks ", finding.rule());
      rows.push_back(std::move(text));
    }
    return rows;
  }

  template <class Request>
  std::string CensusReason(Request request) {
    return Reason(reader.ListCensusRows(As("senco"), request));
  }
};

using ListCensusRowsTest = ExportReaderTest;

TEST_F(ListCensusRowsTest, CountsAsAtTheDayAndAsItIsToday) {
  Register(1);
  Register(2);
  StartSupport(2);
  EXPECT_THAT(Census(Spring("2025-10-02")), ElementsAre("N", "N"));
  EXPECT_THAT(Census(Spring("2026-01-15")), ElementsAre("N", "K SPLD 1"));
  EXPECT_THAT(Census(Spring()), ElementsAre("N", "K SPLD 1"));
  EXPECT_THAT(Census(Spring("2026-06-30")), ElementsAre("N", "K SPLD 1"));
}

TEST_F(ListCensusRowsTest, FindsTheDayOfAYear) {
  Register(1);
  sen::v1::ListCensusRowsRequest request = Spring();
  request.set_year(2026);
  Fold();
  EXPECT_EQ(Ok(reader.ListCensusRows(As("senco"), request)).on(), "2026-01-15");
  request.set_year(2027);
  EXPECT_EQ(CensusReason(request), "FIELD_INVALID");
}

TEST_F(ListCensusRowsTest, ExportsAWrongRowAndSaysWhatIsWrong) {
  Register(1, [](sen::v1::Registration& registration) { registration.clear_identifiers(); });
  StartSupport(1, {});
  EXPECT_THAT(Census(Spring("2026-01-15")), ElementsAre("K breaks UPN_MISSING breaks 2170"));
}

TEST_F(ListCensusRowsTest, KnowsOnlyWhatHadBeenRecorded) {
  Register(1);
  Send<sen::v1::RaiseConcern>(Case(1), "2025-09-08");
  Send<sen::v1::AdaptTeaching>(Case(1), "2025-09-09");
  Send<sen::v1::ReviewAdaptation>(Case(1), "2025-10-03");
  // Support started before the census, and was recorded after it.
  Send<sen::v1::StartSenSupport>(Case(1), "2026-01-12", {.recorded_on = "2026-01-20"});
  sen::v1::ListCensusRowsRequest request = Spring("2026-01-15");
  EXPECT_THAT(Census(request), ElementsAre("K NSA 1"));
  request.mutable_known_at()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(On("2026-01-16"), absl::UTCTimeZone())));
  EXPECT_THAT(Census(request), ElementsAre("N"));
}

TEST_F(ListCensusRowsTest, ComesInPages) {
  for (int number = 1; number <= 5; ++number) Register(number);
  Fold();
  for (const char* on : {"", "2025-12-01"}) {
    sen::v1::ListCensusRowsRequest request = Spring(on);
    request.set_page_size(2);
    std::vector<std::string> upns;
    std::vector<std::string> expected;
    for (int number = 1; number <= 5; ++number) expected.push_back(UpnNumber(number));
    int pages = 0;
    do {
      const auto reply = reader.ListCensusRows(As("senco"), request);
      ASSERT_EQ(Reason(reply), "OK");
      ASSERT_LE(++pages, 5);
      EXPECT_EQ(Ok(reply).as_of_positions_size(), static_cast<int>(kShards));
      for (const auto& row : Ok(reply).rows()) upns.push_back(row.upn());
      request.set_page_token(Ok(reply).next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(upns, expected);
    EXPECT_EQ(pages, 3);
  }
}

TEST_F(ListCensusRowsTest, TakesATokenOfItsOwnListAlone) {
  for (int number = 1; number <= 3; ++number) Register(number);
  Fold();
  sen::v1::ListCensusRowsRequest request = Spring();
  request.set_page_size(1);
  request.set_page_token(Ok(reader.ListCensusRows(As("senco"), request)).next_page_token());
  EXPECT_EQ(CensusReason(request), "OK");
  request.set_term(sen::v1::CENSUS_TERM_SUMMER);
  EXPECT_EQ(CensusReason(request), "PAGE_TOKEN_INVALID");
}

TEST_F(ListCensusRowsTest, IsOfTheCallersTenantAlone) {
  Register(1);
  Fold();
  EXPECT_THAT(Ok(reader.ListCensusRows(As("senco", "t2"), Spring())).rows(), IsEmpty());
}

TEST_F(ListCensusRowsTest, IsForRolesThatMaySeeAUpn) {
  for (const char* role : {"senco", "named-person", "area-senco", "head", "la-send-officer",
                           "inspector", "auditor", "system"}) {
    EXPECT_EQ(Reason(reader.ListCensusRows(As(role), Spring())), "OK") << role;
  }
  for (const char* role : {"parent", "child", "young-person", "teacher", "teaching-assistant",
                           "keyworker", "professional", "advocate", ""}) {
    EXPECT_EQ(Reason(reader.ListCensusRows(As(role), Spring())), "NOT_AUTHORISED") << role;
    EXPECT_EQ(Reason(reader.ListAnnexARows(As(role), {})), "NOT_AUTHORISED") << role;
    EXPECT_EQ(Reason(reader.GetEhcEvidence(As(role), {})), "NOT_AUTHORISED") << role;
  }
}

TEST_F(ListCensusRowsTest, RefusesWhatItCannotRead) {
  EXPECT_EQ(CensusReason(sen::v1::ListCensusRowsRequest()), "FIELD_REQUIRED");
  EXPECT_EQ(CensusReason(Spring("15 January 2026")), "FIELD_INVALID");
  EXPECT_EQ(CensusReason(Spring("2026-07-01")), "FIELD_INVALID");
  sen::v1::ListCensusRowsRequest request = Spring();
  request.set_term(static_cast<sen::v1::CensusTerm>(9));
  EXPECT_EQ(CensusReason(request), "ENUM_UNKNOWN");
  request = Spring();
  request.set_year(12);
  EXPECT_EQ(CensusReason(request), "FIELD_INVALID");
  request = Spring();
  request.mutable_known_at()->set_nanos(-1);
  EXPECT_EQ(CensusReason(request), "FIELD_INVALID");
  request = Spring();
  request.set_page_size(1001);
  EXPECT_EQ(CensusReason(request), "PAGE_SIZE_INVALID");
}

TEST_F(ListCensusRowsTest, NamesTheCaseOfAnErasedRecordAlone) {
  Register(1);
  Register(2);
  Append(Case(1), "2026-01-12", sen::v1::RecordErased());
  Fold();
  const auto reply = reader.ListCensusRows(As("senco"), Spring("2025-12-01"));
  ASSERT_EQ(Ok(reply).left_out_size(), 1);
  EXPECT_EQ(Ok(reply).left_out(0).case_id(), Id(1));
  EXPECT_EQ(Ok(reply).left_out(0).cause(), "ERASED");
  EXPECT_EQ(Ok(reply).rows_size(), 1);
  EXPECT_THAT(Ok(reply).ShortDebugString(), Not(HasSubstr(UpnNumber(1))));
}

TEST_F(ListCensusRowsTest, NamesACaseThatCannotBeFoldedAndGoesOn) {
  Register(1);
  Register(2);
  const CaseVersion version(desk.state(Case(1)).version.value() + 1);
  event::v1::Event future;
  future.set_event_id("event-of-a-later-version");
  future.set_tenant_id("t1");
  future.set_case_id(Id(1));
  future.set_version(version.value());
  future.mutable_data()->set_type_url("type.googleapis.com/apdr.sen.v1.NotYetKnown");
  future.set_occurred_on("2026-01-12");
  AppendBytes(store, Case(1), version, future.SerializeAsString());
  Fold();
  for (const char* on : {"", "2026-01-15"}) {
    const auto reply = reader.ListCensusRows(As("senco"), Spring(on));
    ASSERT_EQ(Ok(reply).left_out_size(), 1) << on;
    EXPECT_EQ(Ok(reply).left_out(0).case_id(), Id(1));
    EXPECT_EQ(Ok(reply).left_out(0).cause(), "STALE");
    EXPECT_EQ(Ok(reply).rows_size(), 1);
  }
}

TEST_F(ListCensusRowsTest, SaysThatARowDoesNotReadBack) {
  ASSERT_TRUE(
      model.Apply({.puts = {{projection::CaseKey(Case(1)), "x"}}, .deletes = {}, .progress = {}})
          .ok());
  EXPECT_EQ(CensusReason(Spring()), "STORE_DAMAGED");
}

using ListAnnexARowsTest = ExportReaderTest;

TEST_F(ListAnnexARowsTest, HoldsEveryChildOnSenSupportAndNoOther) {
  Register(1);
  Register(2, [](sen::v1::Registration& registration) { registration.set_sex("F"); });
  StartSupport(2);
  Fold();
  sen::v1::ListAnnexARowsRequest request;
  for (const char* on : {"", "2025-10-06"}) {
    request.set_on(on);
    const auto reply = reader.ListAnnexARows(As("senco"), request);
    ASSERT_EQ(Ok(reply).rows_size(), 1);
    const sen::v1::AnnexARow& row = Ok(reply).rows(0);
    EXPECT_EQ(row.case_id(), Id(2));
    EXPECT_EQ(row.upn(), UpnNumber(2));
    EXPECT_EQ(row.date_of_birth(), "2017-11-03");
    EXPECT_EQ(row.gender(), "F");
    EXPECT_EQ(row.primary_need(), "SPLD");
    EXPECT_EQ(row.urn(), "199001");
  }
  request.set_on("2025-10-05");
  EXPECT_THAT(Ok(reader.ListAnnexARows(As("senco"), request)).rows(), IsEmpty());
}

TEST_F(ListAnnexARowsTest, IsOfOneSettingIfAsked) {
  Register(1);
  StartSupport(1);
  Fold();
  sen::v1::ListAnnexARowsRequest request;
  request.set_setting_id("URN:199002");
  EXPECT_THAT(Ok(reader.ListAnnexARows(As("senco"), request)).rows(), IsEmpty());
  request.set_setting_id("URN:199001");
  EXPECT_EQ(Ok(reader.ListAnnexARows(As("senco"), request)).rows_size(), 1);
}

using GetEhcEvidenceTest = ExportReaderTest;

TEST_F(GetEhcEvidenceTest, IsNotForWhomACourtKeepsFromTheCase) {
  Register(1);
  Send<sen::v1::LinkParentCarer>(
      1, "2025-09-02", {.edit = [](sen::v1::LinkParentCarer& command) {
        auto& parent = *command.mutable_parent_carer();
        parent.set_person_id("018f0000-0000-7000-8000-0000000000aa");
        parent.set_restriction(sen::v1::PARENT_RESTRICTION_NO_DISCLOSURE);
      }});
  Fold();
  sen::v1::GetEhcEvidenceRequest request;
  request.set_case_id(Id(1));
  host::Caller caller = As("system");
  EXPECT_EQ(Reason(reader.GetEhcEvidence(caller, request)), "OK");
  caller.on_behalf_of = "018f0000-0000-7000-8000-0000000000aa";
  EXPECT_EQ(Reason(reader.GetEhcEvidence(caller, request)), "NOT_AUTHORISED");
}

TEST_F(GetEhcEvidenceTest, RefusesACaseThatIsNotThere) {
  Register(1);
  Register(2);
  Append(Case(2), "2026-01-12", sen::v1::RecordErased());
  Fold();
  sen::v1::GetEhcEvidenceRequest request;
  EXPECT_EQ(Reason(reader.GetEhcEvidence(As("senco"), request)), "FIELD_REQUIRED");
  request.set_case_id("case-1");
  EXPECT_EQ(Reason(reader.GetEhcEvidence(As("senco"), request)), "FIELD_INVALID");
  request.set_case_id(Id(9));
  EXPECT_EQ(Reason(reader.GetEhcEvidence(As("senco"), request)), "CASE_UNKNOWN");
  request.set_case_id(Id(2));
  EXPECT_EQ(Reason(reader.GetEhcEvidence(As("senco"), request)), "CASE_UNKNOWN");
  request.set_case_id(Id(1));
  EXPECT_GT(Ok(reader.GetEhcEvidence(As("senco"), request)).as_of_position(), 0U);
  EXPECT_EQ(Reason(reader.GetEhcEvidence(As("senco", "t2"), request)), "CASE_UNKNOWN");
  request.set_as_at("2025-09-01");
  EXPECT_EQ(Reason(reader.GetEhcEvidence(As("senco"), request)), "CASE_UNKNOWN");
}

}  // namespace
}  // namespace apdr::exports
