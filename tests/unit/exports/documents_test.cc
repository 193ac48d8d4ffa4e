#include "services/exports/documents.h"

#include <gtest/gtest.h>

#include "nlohmann/json.hpp"

namespace apdr::exports {
namespace {

using nlohmann::json;

sen::v1::CensusRow ARow() {
  sen::v1::CensusRow row;
  row.set_upn("U801299922001");
  row.set_urn("199001");
  row.set_provision(sen::v1::PROVISION_SEN_SUPPORT);
  row.set_sen_unit(true);
  sen::v1::CensusNeed& need = *row.add_needs();
  need.set_sen_type("SPLD");
  need.set_rank(1);
  return row;
}

sen::v1::CensusRow ARowOfN() {
  sen::v1::CensusRow row;
  row.set_upn("U801299922001");
  row.set_urn("199001");
  row.set_provision(sen::v1::PROVISION_NONE);
  return row;
}

std::string CensusText(Format format, sen::v1::CensusTerm term,
                       const std::vector<sen::v1::CensusRow>& rows) {
  std::string text;
  CensusDocument document(format, term, [&](std::string_view piece) { text += piece; });
  for (const auto& row : rows) document.Add(row);
  document.Close();
  return text;
}

TEST(CensusDocument, NumbersTheTypesOfSpringInCsv) {
  EXPECT_EQ(CensusText(Format::kCsv, sen::v1::CENSUS_TERM_SPRING, {ARow(), ARowOfN()}),
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator,SENtype1,"
            "SENtypeRank1,SENtype2,SENtypeRank2\r\n"
            "U801299922001,199001,,K,true,,SPLD,1,,\r\n"
            "U801299922001,199001,,N,,,,,,\r\n");
}

TEST(CensusDocument, HasNoColumnsOfTypesInAutumnAndSummer) {
  EXPECT_EQ(CensusText(Format::kCsv, sen::v1::CENSUS_TERM_AUTUMN, {ARowOfN()}),
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator\r\n"
            "U801299922001,199001,,N,,\r\n");
}

TEST(CensusDocument, NestsJsonAsTheCensusDoes) {
  const json rows =
      json::parse(CensusText(Format::kJson, sen::v1::CENSUS_TERM_SPRING, {ARow(), ARowOfN()}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], json::parse(R"({
    "UPN": "U801299922001", "URN": "199001", "LAEstab": "",
    "SpecialEducationalNeeds": {"SENprovision": "K", "SENneeds": [{"SENtype": "SPLD", "SENtypeRank": 1}],
                                "SENunitIndicator": true}})"));
  EXPECT_EQ(rows[1]["SpecialEducationalNeeds"], json::parse(R"({"SENprovision": "N"})"));
}

TEST(CensusDocument, IsWholeWithoutARow) {
  EXPECT_EQ(CensusText(Format::kJson, sen::v1::CENSUS_TERM_SUMMER, {}), "[\n]\n");
  EXPECT_EQ(CensusText(Format::kCsv, sen::v1::CENSUS_TERM_SUMMER, {}),
            "UPN,URN,LAEstab,SENprovision,SENunitIndicator,ResourcedProvisionIndicator\r\n");
}

TEST(CensusDocument, WritesNothingBeforeItsFirstRow) {
  std::string text;
  CensusDocument document(Format::kCsv, sen::v1::CENSUS_TERM_SPRING,
                          [&](std::string_view piece) { text += piece; });
  EXPECT_EQ(text, "");
}

TEST(AnnexADocument, UsesTheSameNamesInJson) {
  sen::v1::AnnexARow row;
  row.set_case_id("case-1");
  row.set_gender("=1+1");
  std::string text;
  AnnexADocument document(Format::kJson, [&](std::string_view piece) { text += piece; });
  document.Add(row);
  document.Close();
  const json rows = json::parse(text);
  EXPECT_EQ(rows[0]["Unique ID"], "case-1");
  EXPECT_EQ(rows[0]["Pupil Premium"], "");
  EXPECT_EQ(rows[0].size(), 17U);
  EXPECT_EQ(rows[0]["Gender"], "=1+1");  // JSON is not for spreadsheets.
}

TEST(AnnexADocument, KeepsHostileTextOfTheRecordOutOfASpreadsheet) {
  sen::v1::AnnexARow row;
  row.set_gender("=HYPERLINK(\"http://x\",\"F\")");
  std::string text;
  AnnexADocument document(Format::kCsv, [&](std::string_view piece) { text += piece; });
  document.Add(row);
  EXPECT_NE(text.find("\"'=HYPERLINK(\"\"http://x\"\",\"\"F\"\")\""), std::string::npos) << text;
}

sen::v1::EhcEvidence SomeEvidence() {
  sen::v1::EhcEvidence evidence;
  sen::v1::EhcEscalation& escalation = *evidence.add_escalations();
  escalation.set_requested_on("2026-03-26");
  escalation.set_requested_by(sen::v1::EHC_REQUESTER_SETTING);
  escalation.mutable_request_outcome()->set_decision(sen::v1::EHC_DECISION_ASSESS);
  escalation.set_request_outcome_on("2026-05-05");
  escalation.set_reason("A line\nand \"another\"");
  sen::v1::EvidenceItem& item = *evidence.add_items();
  item.set_occurred_on("2026-03-26");
  item.set_kind("ehc");
  item.set_what("EHC assessment requested");
  item.set_role("head");
  item.set_event_id("event-1");
  item.set_sha256("00ff");
  evidence.set_total_sha256("abcd");
  return evidence;
}

TEST(EvidenceDocument, SaysSen2ByItsNames) {
  const json document = json::parse(EvidenceDocument(Format::kJson, SomeEvidence()));
  EXPECT_EQ(document["SEN2"][0]["ReceivedDate"], "2026-03-26");
  EXPECT_EQ(document["SEN2"][0]["RequestSource"], "setting");
  EXPECT_EQ(document["SEN2"][0]["RequestOutcome"], "assess");
  EXPECT_EQ(document["SEN2"][0]["AssessmentOutcome"], "");
  EXPECT_EQ(document["escalations"][0]["reason"], "A line\nand \"another\"");
  EXPECT_EQ(document["total_sha256"], "abcd");
}

TEST(EvidenceDocument, ListsItemsAndTheTotalInCsv) {
  EXPECT_EQ(EvidenceDocument(Format::kCsv, SomeEvidence()),
            "Date,Kind,What,Role,EventID,SHA256,Corrected\r\n"
            "2026-03-26,ehc,EHC assessment requested,head,event-1,00ff,\r\n"
            ",total,SHA-256 over event id and hash of every line,,,abcd,\r\n");
}

}  // namespace
}  // namespace apdr::exports
