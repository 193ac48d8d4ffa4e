#include "services/importer/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/exports/csv.h"

namespace apdr::importer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string MistakeIn(const std::string& line) {
  const auto cells = ParseCsvLine(line);
  EXPECT_EQ(cells.status().code(), absl::StatusCode::kInvalidArgument) << line;
  return std::string(cells.status().message());
}

TEST(ParseCsvLine, TakesCellsApart) {
  EXPECT_THAT(*ParseCsvLine("a,b,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(*ParseCsvLine(""), ElementsAre(""));
  EXPECT_THAT(*ParseCsvLine(",a,"), ElementsAre("", "a", ""));
  EXPECT_THAT(*ParseCsvLine(" a , b"), ElementsAre(" a ", " b"));
}

TEST(ParseCsvLine, TakesQuotesOff) {
  EXPECT_THAT(*ParseCsvLine(R"("O'Neil, Zoë","say ""no""","",x)"),
              ElementsAre("O'Neil, Zoë", "say \"no\"", "", "x"));
}

TEST(ParseCsvLine, ReadsWhatTheExportsWrite) {
  const std::vector<std::string> cells = {"a,b", "say \"no\"", "", "Größe ✓", "'x"};
  std::string line = exports::CsvLine(cells);
  line.resize(line.size() - 2);  // CRLF.

  EXPECT_EQ(*ParseCsvLine(line), cells);
}

TEST(ParseCsvLine, RefusesALostQuoteAndSaysInWhichCell) {
  EXPECT_THAT(MistakeIn("a,\"b"), HasSubstr("in cell 2 the closing quote is missing"));
  EXPECT_THAT(MistakeIn("\"a\"b,c"), HasSubstr("in cell 1 there is text behind the closing quote"));
  EXPECT_THAT(MistakeIn("a,b,Smi\"th"), HasSubstr("in cell 3 there is a quote in the middle"));
  EXPECT_THAT(MistakeIn("a,b,Smi\"th"), Not(HasSubstr("Smi")));
}

}  // namespace
}  // namespace apdr::importer
