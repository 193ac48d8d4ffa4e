#include "services/exports/annex_a.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/exports/columns.h"

namespace apdr::exports {
namespace {

using ::testing::ElementsAre;

sen::CaseState ARecord() {
  sen::CaseState record;
  for (const auto& [type, value] : {std::pair{sen::v1::IDENTIFIER_TYPE_UPN, "U801299922001"},
                                    std::pair{sen::v1::IDENTIFIER_TYPE_ULN, "9276308686"},
                                    std::pair{sen::v1::IDENTIFIER_TYPE_NHS, "9434765919"}}) {
    sen::v1::Identifier& identifier = *record.add_identifiers();
    identifier.set_type(type);
    identifier.set_value(value);
  }
  record.set_date_of_birth("2017-11-03");
  record.mutable_setting()->set_scheme(sen::v1::SETTING_SCHEME_URN);
  record.mutable_setting()->set_value("199001");
  sen::v1::Need& need = *record.add_needs();
  need.set_sen_type("SPLD");
  need.set_rank(1);
  return record;
}

TEST(AnnexARow, HoldsWhatTheRecordHoldsAndLeavesTheRestEmpty) {
  sen::v1::Registration registration;
  registration.set_sex("F");
  const auto row = MakeAnnexARow(CaseId("case-1"), ARecord(), registration, Date(2026, 1, 15));
  EXPECT_THAT(Values(AnnexAColumns(), row),
              ElementsAre("case-1", "U801299922001", "9276308686", "2017-11-03", "F", "", "SPLD",
                          "199001", "", "", "", "", "", "", "", "", ""));
}

TEST(AnnexARow, NamesNoPrimaryNeedThatHasEnded) {
  sen::CaseState record = ARecord();
  record.mutable_needs(0)->set_end_on("2026-01-14");
  const auto row = MakeAnnexARow(CaseId("case-1"), record, {}, Date(2026, 1, 15));
  EXPECT_EQ(row.primary_need(), "");
}

TEST(AnnexAColumns, HaveTheirOfficialNames) {
  EXPECT_THAT(Names(AnnexAColumns()),
              ElementsAre("Unique ID", "UPN", "ULN", "Date of birth", "Gender", "Ethnicity",
                          "SEN primary need", "Main education establishment – URN",
                          "Main education establishment – phase",
                          "Subsidiary education establishment – phase (dual registration)",
                          "Suspensions", "Permanent exclusions", "Absence", "Pupil Premium",
                          "Known to children's social care?", "Which children's social care team?",
                          "Does the child or young person have a disability?"));
}

}  // namespace
}  // namespace apdr::exports
