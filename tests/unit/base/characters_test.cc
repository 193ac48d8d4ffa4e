#include "engine/base/characters.h"

#include <gtest/gtest.h>

namespace apdr {
namespace {

TEST(CharactersIn, CountsCharactersNotBytes) {
  EXPECT_EQ(CharactersIn(""), 0U);
  EXPECT_EQ(CharactersIn("Zo\xc3\xab"), 3U);
  EXPECT_EQ(CharactersIn("\xf0\x9f\x8f\xab school"), 8U);
}

}  // namespace
}  // namespace apdr
