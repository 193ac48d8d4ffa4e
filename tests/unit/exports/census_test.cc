#include "services/exports/census.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace apdr::exports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const CaseId kCase("018f0000-0000-7000-8000-000000000001");

class CensusTest : public ::testing::Test {
 protected:
  CensusTest() {
    sen::v1::Identifier& upn = *record.add_identifiers();
    upn.set_type(sen::v1::IDENTIFIER_TYPE_UPN);
    upn.set_value("U801299922001");
    record.mutable_setting()->set_scheme(sen::v1::SETTING_SCHEME_URN);
    record.mutable_setting()->set_value("199001");
    record.set_provision(sen::v1::PROVISION_SEN_SUPPORT);
  }

  void AddNeed(std::string type, std::uint32_t rank, std::string end_on = "") {
    sen::v1::Need& need = *record.add_needs();
    need.set_sen_type(std::move(type));
    need.set_rank(rank);
    need.set_end_on(std::move(end_on));
  }

  [[nodiscard]] sen::v1::CensusRow Row(
      sen::v1::CensusTerm term = sen::v1::CENSUS_TERM_SPRING) const {
    return MakeCensusRow({.term = term, .on = Date(2026, 1, 15), .policy = policy}, kCase, record);
  }

  [[nodiscard]] std::vector<std::string> Rules() const {
    const sen::v1::CensusRow row = Row();
    std::vector<std::string> rules;
    for (const auto& finding : row.findings()) rules.push_back(finding.rule());
    return rules;
  }

  [[nodiscard]] static std::vector<std::string> Needs(const sen::v1::CensusRow& row) {
    std::vector<std::string> needs;
    for (const auto& need : row.needs()) {
      needs.push_back(absl::StrCat(need.sen_type(), " ", need.rank()));
    }
    return needs;
  }

  const sen::Policy policy = sen::Code2015();
  sen::CaseState record;
};

TEST(CensusDay, IsAThursdayOfItsMonth) {
  EXPECT_EQ(CensusDay(sen::v1::CENSUS_TERM_AUTUMN, 2025), Date(2025, 10, 2));
  EXPECT_EQ(CensusDay(sen::v1::CENSUS_TERM_SPRING, 2026), Date(2026, 1, 15));
  EXPECT_EQ(CensusDay(sen::v1::CENSUS_TERM_SUMMER, 2026), Date(2026, 5, 21));
  // A month that begins on a Thursday, and one that begins on a Friday.
  EXPECT_EQ(CensusDay(sen::v1::CENSUS_TERM_AUTUMN, 2026), Date(2026, 10, 1));
  EXPECT_EQ(CensusDay(sen::v1::CENSUS_TERM_SPRING, 2027), Date(2027, 1, 21));
}

TEST_F(CensusTest, TakesRanksOneAndTwoInTheirOrder) {
  AddNeed("SLCN", 2);
  AddNeed("SPLD", 1);
  EXPECT_THAT(Needs(Row()), ElementsAre("SPLD 1", "SLCN 2"));
  EXPECT_THAT(Rules(), IsEmpty());
  EXPECT_EQ(Row().upn(), "U801299922001");
  EXPECT_EQ(Row().urn(), "199001");
  EXPECT_EQ(Row().laestab(), "");
}

TEST_F(CensusTest, NamesTheDfeNumberWhereTheRecordHasIt) {
  record.mutable_setting()->set_scheme(sen::v1::SETTING_SCHEME_LAESTAB);
  record.mutable_setting()->set_value("8012999");
  EXPECT_EQ(Row().laestab(), "8012999");
  EXPECT_EQ(Row().urn(), "");
}

TEST_F(CensusTest, TakesTypesInSpringAlone) {
  AddNeed("SPLD", 1);
  EXPECT_THAT(Needs(Row(sen::v1::CENSUS_TERM_AUTUMN)), IsEmpty());
  EXPECT_THAT(Needs(Row(sen::v1::CENSUS_TERM_SUMMER)), IsEmpty());
  record.clear_needs();
  EXPECT_EQ(Row(sen::v1::CENSUS_TERM_AUTUMN).findings_size(), 0);
}

TEST_F(CensusTest, LeavesOutWhatEndedBeforeTheDay) {
  AddNeed("SPLD", 1);
  AddNeed("SLCN", 2, "2026-01-14");
  EXPECT_THAT(Needs(Row()), ElementsAre("SPLD 1"));
  record.mutable_needs(1)->set_end_on("2026-01-15");
  EXPECT_THAT(Needs(Row()), ElementsAre("SPLD 1", "SLCN 2"));
}

TEST_F(CensusTest, ExportsTheTemporaryUpnWhereThereIsNoOther) {
  AddNeed("SPLD", 1);
  record.mutable_identifiers(0)->set_type(sen::v1::IDENTIFIER_TYPE_UPN_TEMPORARY);
  EXPECT_EQ(Row().upn(), "U801299922001");
  record.mutable_identifiers(0)->set_type(sen::v1::IDENTIFIER_TYPE_UPN_FORMER);
  EXPECT_EQ(Row().upn(), "");
  EXPECT_THAT(Rules(), ElementsAre("UPN_MISSING"));
}

TEST_F(CensusTest, SaysOfPlacesInUnitsWhatTheRecordSaysAndNoMore) {
  EXPECT_FALSE(Row().has_sen_unit());
  record.set_sen_unit(false);
  record.set_resourced_provision(true);
  EXPECT_TRUE(Row().has_sen_unit());
  EXPECT_FALSE(Row().sen_unit());
  EXPECT_TRUE(Row().resourced_provision());
  record.set_provision(sen::v1::PROVISION_NONE);
  EXPECT_FALSE(Row().has_sen_unit());
  EXPECT_FALSE(Row().has_resourced_provision());
}

TEST_F(CensusTest, Finds2120WithoutAProvision) {
  record.set_provision(sen::v1::PROVISION_UNSPECIFIED);
  EXPECT_THAT(Rules(), ElementsAre("2120"));
}

TEST_F(CensusTest, Finds2125AndDropsNeedsBesideN) {
  AddNeed("SPLD", 1);
  record.set_provision(sen::v1::PROVISION_NONE);
  EXPECT_THAT(Rules(), ElementsAre("2125"));
  EXPECT_THAT(Needs(Row()), IsEmpty());
}

TEST_F(CensusTest, Finds2130ForARankWithoutAType) {
  AddNeed("", 1);
  EXPECT_THAT(Rules(), ElementsAre("2130"));
}

TEST_F(CensusTest, Finds2140ForRanksThatAreNotOneTwoThree) {
  AddNeed("SPLD", 1);
  AddNeed("SLCN", 3);
  EXPECT_THAT(Rules(), ElementsAre("2140"));
  record.mutable_needs(1)->set_rank(1);
  EXPECT_THAT(Rules(), ElementsAre("2140"));
  record.mutable_needs(1)->set_rank(0);
  EXPECT_THAT(Rules(), ElementsAre("2140"));
}

TEST_F(CensusTest, Finds2160ForASingleTypeThatIsNotPrimary) {
  AddNeed("SPLD", 2);
  EXPECT_THAT(Rules(), ElementsAre("2160"));
}

TEST_F(CensusTest, Finds2166AndExportsTwoOfThree) {
  AddNeed("SPLD", 1);
  AddNeed("SLCN", 2);
  AddNeed("SEMH", 3);
  EXPECT_THAT(Rules(), ElementsAre("2166"));
  EXPECT_THAT(Needs(Row()), ElementsAre("SPLD 1", "SLCN 2"));
}

TEST_F(CensusTest, Finds2170WithoutATypeForKAndE) {
  EXPECT_THAT(Rules(), ElementsAre("2170"));
  record.set_provision(sen::v1::PROVISION_EHC_PLAN);
  EXPECT_THAT(Rules(), ElementsAre("2170"));
}

TEST_F(CensusTest, Finds2175ForNsaBesideAnEhcPlan) {
  AddNeed("NSA", 1);
  EXPECT_THAT(Rules(), IsEmpty());
  record.set_provision(sen::v1::PROVISION_EHC_PLAN);
  EXPECT_THAT(Rules(), ElementsAre("2175"));
}

TEST_F(CensusTest, Finds2115ForATypeThatIsNoLongerLiveAndSaysWhichIsNone) {
  AddNeed("BESD", 1);
  AddNeed("PLD", 2);
  EXPECT_THAT(Rules(), ElementsAre("2115", "NEED_CODE_INVALID"));
}

}  // namespace
}  // namespace apdr::exports
