#include "services/bus/sequence_header.h"

#include <gtest/gtest.h>

namespace apdr::bus {
namespace {

TEST(ParseSequence, ReadsDecimalDigitsWithOrWithoutLeadingZeros) {
  EXPECT_EQ(ParseSequence("1"), Position(1));
  EXPECT_EQ(ParseSequence("00000000000000000042"), Position(42));
  EXPECT_EQ(ParseSequence("18446744073709551615"), Position(18'446'744'073'709'551'615ULL));
}

TEST(ParseSequence, RefusesEverythingElse) {
  for (const char* text : {"", "0", "-1", "+1", " 1", "1 ", "1x", "x", "18446744073709551616",
                           "000000000000000000042", "0x10"}) {
    EXPECT_EQ(ParseSequence(text), std::nullopt) << "'" << text << "'";
  }
}

Record WithHeaders(std::vector<std::pair<std::string, std::string>> headers) {
  return {.shard = Shard(0),
          .position = Position(7),
          .key = "",
          .value = "",
          .headers = std::move(headers)};
}

TEST(CheckSequenceDeathTest, DemandsTheRecordsPositionOnce) {
  CheckSequence(WithHeaders({{"ce_id", "1"}, {"ce_sequence", "7"}}));
  EXPECT_DEATH(CheckSequence(WithHeaders({{"ce_id", "7"}})), "end");
  EXPECT_DEATH(CheckSequence(WithHeaders({{"ce_sequence", "8"}})), "position");
  EXPECT_DEATH(CheckSequence(WithHeaders({{"ce_sequence", "7"}, {"ce_sequence", "7"}})), "== 1");
}

}  // namespace
}  // namespace apdr::bus
