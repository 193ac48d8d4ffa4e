#include "engine/base/code.h"

#include <gtest/gtest.h>

#include <string>

namespace apdr {
namespace {

TEST(IsCode, TakesLettersDigitsAndFourSigns) {
  EXPECT_TRUE(IsCode("URN:199001"));
  EXPECT_TRUE(IsCode("la_801-north.x"));
  EXPECT_TRUE(IsCode(std::string(64, 'x')));
}

TEST(IsCode, RefusesWhatNoMetadataMayHold) {
  for (const std::string& text :
       {std::string(), std::string(65, 'x'), std::string("two words"), std::string("a\nb"),
        std::string("Zo\xc3\xab"), std::string("a\0b", 3), std::string("a/b")}) {
    EXPECT_FALSE(IsCode(text)) << text;
  }
}

}  // namespace
}  // namespace apdr
