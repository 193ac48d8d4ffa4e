#include "services/host/log.h"

#include <gtest/gtest.h>

namespace apdr::host {
namespace {

TEST(Log, WritesPlainValuesBare) {
  EXPECT_EQ(FormatLogLine("ready", {{"shards", "8"}, {"listen", "127.0.0.1:7400"}}),
            "event=ready shards=8 listen=127.0.0.1:7400");
}

TEST(Log, QuotesWhatCouldForgeAFieldOrALine) {
  EXPECT_EQ(FormatLogLine("x", {{"reason", "two words"}}), "event=x reason=\"two words\"");
  EXPECT_EQ(FormatLogLine("x", {{"reason", "a=b"}}), "event=x reason=\"a=b\"");
  EXPECT_EQ(FormatLogLine("x", {{"reason", "a\nlevel=info"}}), "event=x reason=\"a\\nlevel=info\"");
  EXPECT_EQ(FormatLogLine("x", {{"reason", "say \"no\""}}), "event=x reason=\"say \\\"no\\\"\"");
  EXPECT_EQ(FormatLogLine("x", {{"reason", "\x1b[31m"}}), "event=x reason=\"\\x1b[31m\"");
  EXPECT_EQ(FormatLogLine("x", {{"reason", ""}}), "event=x reason=\"\"");
}

}  // namespace
}  // namespace apdr::host
