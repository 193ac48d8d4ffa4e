#include "services/importer/sen_support/census_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "services/exports/columns.h"
#include "services/exports/csv.h"

namespace apdr::importer {
namespace {

using ::testing::ElementsAre;

constexpr char kHeader[] =
    "UPN,Surname,Forename,DOB,NCyearActual,EntryDate,HomeLA,URN,SettingType,SENprovision\r\n";
constexpr char kChild[] = "Z801299922099,Smith,Sam,2017-11-03,3,2024-09-03,801,199001,school,N\r\n";

client::Identity ACaller() {
  return {
      .tenant = "la-801", .actor = "import", .role = "system", .setting = {}, .on_behalf_of = {}};
}

// For each line "3" or, of one that is refused, "3 FIELD_REQUIRED".
std::vector<std::string> ResultsOf(const std::string& text, const CensusColumns& columns = {}) {
  std::istringstream in(text);
  const auto source =
      OpenCensus(in, columns, ACaller(), ImportKey(std::string(ImportKey::kBytes, 'k')));
  EXPECT_TRUE(source.ok()) << source.status();
  std::vector<std::string> results;
  while (source.ok()) {
    const auto next = (*source)->Next();
    EXPECT_TRUE(next.ok()) << next.status();
    if (!next.ok() || !*next) break;
    if (const auto* item = std::get_if<Item>(&**next)) {
      results.push_back(std::to_string(item->line));
    } else {
      const auto& refusal = std::get<Refusal>(**next);
      results.push_back(std::to_string(refusal.line) + " " + refusal.code);
    }
  }
  return results;
}

TEST(OpenCensus, RefusesLinesOneByOneByTheirNumber) {
  EXPECT_THAT(ResultsOf(std::string(kHeader) + kChild + "\"x\r\n" + "a,b\r\n" + "Zo\xeb\r\n" +
                        ",Smith,Sam,2017-11-03,3,2024-09-03,801,199001,school,N\r\n" + kChild),
              ElementsAre("2", "3 REQUEST_MALFORMED", "4 REQUEST_MALFORMED", "5 TEXT_NOT_UTF8",
                          "6 FIELD_REQUIRED", "7"));
}

// So that later lines of the child are held back, as behind a line that the server refuses.
TEST(OpenCensus, SaysOfWhichCaseALineIsThatItRefuses) {
  const std::string child = "Z801299922099,,Sam,2017-11-03,3,2024-09-03,801,199001,school,N\r\n";
  std::istringstream in(std::string(kHeader) + kChild + child + " z801299922099 " +
                        child.substr(child.find(',')) + child.substr(child.find(',')) + "a,b\r\n");
  const auto source = OpenCensus(in, {}, ACaller(), ImportKey(std::string(ImportKey::kBytes, 'k')));
  ASSERT_TRUE(source.ok()) << source.status();
  const auto next = [&] { return **(*source)->Next(); };
  const std::string case_id = std::get<Item>(next()).requests.front().case_id();
  EXPECT_EQ(std::get<Refusal>(next()).case_id, case_id);
  EXPECT_EQ(std::get<Refusal>(next()).case_id, case_id);
  EXPECT_EQ(std::get<Refusal>(next()).case_id, "");  // Without a UPN.
  EXPECT_EQ(std::get<Refusal>(next()).case_id, "");
}

TEST(OpenCensus, ReadsTheColumnsOfTheCensusExportBesideThoseOfTheChild) {
  std::vector<std::string> names =
      exports::Names(exports::CensusColumns(sen::v1::CENSUS_TERM_SPRING));
  std::vector<std::string> cells = {"Z801299922099", "199001", "",    "E", "true", "",
                                    "SPLD",          "1",      "ASD", "2"};
  ASSERT_EQ(names.size(), cells.size());
  for (const auto& [name, cell] :
       {std::pair("Surname", "=Smith"), std::pair("Forename", "Sam"),
        std::pair("DOB", "2017-11-03"), std::pair("NCyearActual", "3"),
        std::pair("EntryDate", "2024-09-03"), std::pair("SENstartDate", "2025-01-10")}) {
    names.emplace_back(name);
    cells.emplace_back(cell);
  }

  EXPECT_THAT(ResultsOf(exports::CsvLine(names) + exports::CsvLine(cells),
                        {.set = {{"HomeLA", "801"}, {"SettingType", "school"}}, .ignored = {}}),
              ElementsAre("2"));
}

TEST(OpenCensus, RefusesAFileWithoutAFirstLine) {
  for (const char* text : {"", "\n\n", "\"UPN\n", "Zo\xeb\n"}) {
    std::istringstream in(text);
    EXPECT_EQ(OpenCensus(in, {}, ACaller(), ImportKey(std::string(ImportKey::kBytes, 'k')))
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace apdr::importer
