#include "services/importer/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <utility>
#include <vector>

namespace apdr::importer {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Number and text of each line; of a faulty one its code.
std::vector<std::pair<std::uint64_t, std::string>> LinesOf(const std::string& text) {
  std::istringstream in(text);
  LineReader reader(in);
  std::vector<std::pair<std::uint64_t, std::string>> lines;
  while (true) {
    const auto line = reader.Next();
    EXPECT_TRUE(line.ok()) << line.status();
    if (!line.ok() || !*line) break;
    lines.emplace_back((*line)->number, (*line)->fault ? (*line)->fault->code : (*line)->text);
  }
  EXPECT_EQ(reader.bytes_read(), text.size());
  return lines;
}

TEST(LineReader, CountsLinesAsAnEditorDoes) {
  EXPECT_THAT(LinesOf("a\nb\n"), ElementsAre(Pair(1, "a"), Pair(2, "b")));
  EXPECT_THAT(LinesOf("a\r\n\r\n \t\nb"), ElementsAre(Pair(1, "a"), Pair(4, "b")));
  EXPECT_THAT(LinesOf(""), ElementsAre());
}

TEST(LineReader, PassesOverAByteOrderMarkAtTheTopAlone) {
  EXPECT_THAT(LinesOf("\xef\xbb\xbfUPN\n\xef\xbb\xbfx"),
              ElementsAre(Pair(1, "UPN"), Pair(2, "\xef\xbb\xbfx")));
}

TEST(LineReader, NamesALineThatIsNotUtf8AndGoesOn) {
  EXPECT_THAT(LinesOf("a\nZo\xeb\nb\n"),
              ElementsAre(Pair(1, "a"), Pair(2, "TEXT_NOT_UTF8"), Pair(3, "b")));
}

TEST(LineReader, NamesALineThatIsTooLongAndGoesOn) {
  EXPECT_THAT(LinesOf(std::string(kLineBytesMax + 1, 'x') + "\nb\n"),
              ElementsAre(Pair(1, "REQUEST_TOO_LARGE"), Pair(2, "b")));
  EXPECT_EQ(LinesOf(std::string(kLineBytesMax, 'x') + "\n").front().second.size(), kLineBytesMax);
}

}  // namespace
}  // namespace apdr::importer
