#include "services/exports/csv.h"

#include <gtest/gtest.h>

namespace apdr::exports {
namespace {

TEST(CsvLine, EndsWithCarriageReturnAndLineFeed) {
  EXPECT_EQ(CsvLine({"UPN", "URN", ""}), "UPN,URN,\r\n");
}

TEST(CsvLine, QuotesWhatWouldBreakTheLine) {
  EXPECT_EQ(CsvLine({"a,b", "say \"no\"", "two\r\nlines"}),
            "\"a,b\",\"say \"\"no\"\"\",\"two\r\nlines\"\r\n");
  EXPECT_EQ(CsvLine({"Größe ✓", "a;b"}), "Größe ✓,a;b\r\n");
}

TEST(SafeCell, KeepsASpreadsheetFromCalculatingIt) {
  EXPECT_EQ(SafeCell("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
  EXPECT_EQ(SafeCell("+44 20 7946 0000"), "'+44 20 7946 0000");
  EXPECT_EQ(SafeCell("-1+cmd|' /C calc'!A0"), "'-1+cmd|' /C calc'!A0");
  EXPECT_EQ(SafeCell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(SafeCell("  =1+1"), "'  =1+1");
  EXPECT_EQ(SafeCell("\t=1+1"), "'\t=1+1");
  EXPECT_EQ(SafeCell("\r\n=1+1"), "'\r\n=1+1");
  EXPECT_EQ(SafeCell("-"), "'-");
}

TEST(SafeCell, LeavesNumbersDatesAndTextsAlone) {
  for (const char* text : {"", "   ", "-5", "+12.5", "2026-01-15", "U801299922001", "a=b", "K"}) {
    EXPECT_EQ(SafeCell(text), text);
  }
}

TEST(CsvLine, MakesCellsSafeBeforeItQuotesThem) {
  EXPECT_EQ(CsvLine({"=A1,B1"}), "\"'=A1,B1\"\r\n");
}

}  // namespace
}  // namespace apdr::exports
