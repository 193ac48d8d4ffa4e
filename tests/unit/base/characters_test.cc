#include "engine/base/characters.h"

#include <gtest/gtest.h>

namespace apdr {
namespace {

TEST(CharactersIn, CountsCharactersNotBytes) {
  EXPECT_EQ(CharactersIn(""), 0U);
  EXPECT_EQ(CharactersIn("Zo\xc3\xab"), 3U);
  EXPECT_EQ(CharactersIn("\xf0\x9f\x8f\xab school"), 8U);
}

TEST(IsUtf8, TakesWhatIsWellFormed) {
  for (const char* text : {"", "abc", "Zo\xc3\xab", "\xe2\x9c\x93", "\xf0\x9f\x8f\xab",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
}

TEST(IsUtf8, RefusesEveryOtherByte) {
  for (const char* bytes : {"Zo\xeb", "\x80", "\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf",
                            "\xe0\x80\x80", "\xe2\x9c", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf0\x9f\x8f", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(IsUtf8(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace apdr
